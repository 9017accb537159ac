/* SPDX-License-Identifier: Apache-2.0
 *
 * secrets.h: what does not belong into a file that is shown to others.
 */
#ifndef SECRETS_H
#define SECRETS_H

/* Takes the user and the password out of every URL in s: "https://me:pw@host/x" is
 * "https://host/x" then.  Returns s. */
char *secrets_strip(char *s);

/* Takes the serial numbers, UUIDs and asset tags, which name one machine on earth and
 * root can read, out of a topology in hwloc's XML.  Returns xml. */
char *secrets_strip_topology(char *xml);

#endif
