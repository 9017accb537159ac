/* SPDX-License-Identifier: Apache-2.0
 *
 * record.h: what is recorded for a trace, in one line where it happens.
 *
 * An M that has a P records in the P's ring, which goes with it from M to M, and else in its
 * own: so who records is its only writer.  It is masked, or runs no G.  What is recorded of
 * a G comes before others can get hold of it.
 */
#ifndef SL_WS_RECORD_H
#define SL_WS_RECORD_H

static inline struct sl__ring *ring_of(struct m *m)
{
	return m->p ? &m->p->ring : &m->ring;
}

static inline void trace_g(struct m *m, enum sl__trace_kind kind, unsigned why, struct sl_g *g, int arg)
{
	if (sl__is_tracing())
		sl__record(ring_of(m), kind, why, g->id, (uint32_t)arg, &g->traced);
}

static inline void trace_runs(struct m *m, struct sl_g *g)
{
	trace_g(m, TRACE_RUNNING, 0, g, m->number);
}

/* Of no G.  The caller may be no M. */
static inline void trace_m(struct m *m, enum sl__trace_kind kind, int arg)
{
	if (sl__is_tracing() && m)
		sl__record(ring_of(m), kind, 0, 0, (uint32_t)arg, NULL);
}

/* p's owner has n Gs more, of another P: g goes on, which is NULL if it is a task yet. */
static inline void trace_steal(struct p *p, struct p *from, struct sl_g *g, uint32_t n)
{
	if (sl__is_tracing())
		sl__record(&p->ring, TRACE_STEAL, n < 255 ? n : 255, g ? g->id : 0, (uint32_t)from->id, NULL);
}

static inline void trace_by(struct p *p, int64_t parent)
{
	if (sl__is_tracing())
		sl__record(&p->ring, TRACE_BY, 0, parent, 0, NULL);
}

void trace_new_g(struct p *, struct sl_g *);

#endif
