/* SPDX-License-Identifier: Apache-2.0
 *
 * distributions.h: the tables at the end of a book on statistics.
 */
#ifndef DISTRIBUTIONS_H
#define DISTRIBUTIONS_H

/* The chance that a standard normal variable is as far from 0 as z, on either side. */
double stats_normal_p(double z);

/* What a standard normal variable is below with chance q, 0 < q < 1; else NaN. */
double stats_normal_quantile(double q);

/* The same of Student's t with df degrees of freedom; NaN also where df is below 1. */
double stats_t_quantile(double q, int df);

#endif
