/* SPDX-License-Identifier: Apache-2.0
 *
 * page_files.h: what a page takes in whole, as it was when this program was built.
 */
#ifndef PAGE_FILES_H
#define PAGE_FILES_H

extern const char page_css[], page_css_end[];
extern const char page_js[], page_js_end[];

/* Of curves that can be zoomed alone. */
extern const char page_curves_js[], page_curves_js_end[];
extern const char page_uplot_js[], page_uplot_js_end[];
extern const char page_uplot_css[], page_uplot_css_end[];
extern const char page_uplot_license[], page_uplot_license_end[];

#endif
