/* SPDX-License-Identifier: Apache-2.0
 *
 * page_files.h: report.css and report.js, as they were when this program was built.
 */
#ifndef PAGE_FILES_H
#define PAGE_FILES_H

extern const char page_css[], page_css_end[];
extern const char page_js[], page_js_end[];

#endif
