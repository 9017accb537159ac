/* SPDX-License-Identifier: Apache-2.0
 *
 * wakeup.pml: the wake-up protocol of proc.c, as a model for Spin.  README.md says how
 * to check it, what it found, and what it leaves out.
 *
 * Each M is a process.  It runs a G that starts others, into its P's queue or the global
 * one, and at any time may end, look for work and stop, or compute for ever: then nobody
 * but a thief gets to what is in its P's queue.  The claim is in monitor, below.
 *
 * Memory is that of x86: what an M stores lies in its store buffer, in order, until any
 * later time, and the M alone sees it there.  A read-modify-write and a fence wait until
 * the buffer is empty.  Mostly asym_light is nothing, and asym_heavy, which is a
 * membarrier, empties the buffers of all Ms; with -DREAL_FENCES each is a fence of its own
 * M's.  With -DANY_ORDER a submitter's three loads may pass each other, as on aarch64.
 *
 * -DWITHOUT=n leaves one fence out, and Spin must then find work that is lost:
 *     1  in release_and_stopm     2  in watch     3  in stop_spinning
 * and with 4, release_and_stopm decrements nspinning only when it has let go of the lock.
 */
#ifndef PS
#define PS 2                    /* Ps, and Ms */
#endif
#ifndef GS
#define GS 2                    /* Gs that are started */
#endif
#ifndef WITHOUT
#define WITHOUT 0
#endif
#ifndef DEPTH
#define DEPTH 5                 /* of a store buffer */
#endif
#define NONE 15

/* ---- Memory -------------------------------------------------------------- */

/* Words that are read without sched.lock.  Q + i is the length of P i's queue. */
#define LOCK     0
#define NPIDLE   1
#define NSPIN    2
#define WATCHING 3
#define NGLOBAL  4
#define Q        5
#define WORDS    (Q + PS)

byte mem[WORDS];
byte stores[PS];                /* in each buffer, the oldest first */
byte word[PS * DEPTH], value[PS * DEPTH];

/* What the M me sees of the word v. */
#define SEE(v, to) \
	to = mem[v]; \
	i = 0; \
	do \
	:: i < stores[me] && word[me * DEPTH + i] == v -> to = value[me * DEPTH + i]; i++ \
	:: i < stores[me] && word[me * DEPTH + i] != v -> i++ \
	:: else -> break \
	od; \
	i = 0

#define LOAD(v, to) d_step { SEE(v, to) }

#define STORE(v, x) atomic { stores[me] < DEPTH -> \
	word[me * DEPTH + stores[me]] = v; \
	value[me * DEPTH + stores[me]] = x; \
	stores[me]++ }

#define EMPTY (stores[me] == 0)

/* The oldest store in the buffer of M k reaches the memory. */
inline drain(k)
{
	d_step {
		mem[word[k * DEPTH]] = value[k * DEPTH];
		stores[k]--;
		i = 0;
		do
		:: i < stores[k] ->
			word[k * DEPTH + i] = word[k * DEPTH + i + 1];
			value[k * DEPTH + i] = value[k * DEPTH + i + 1];
			i++
		:: else -> break
		od;
		word[k * DEPTH + i] = 0;
		value[k * DEPTH + i] = 0;
		i = 0
	}
}

#ifdef REAL_FENCES
#define ASYM_LIGHT EMPTY
#define ASYM_HEAVY EMPTY
#else
#define ASYM_LIGHT skip
#define ASYM_HEAVY atomic { \
	k = 0; \
	do \
	:: k < PS && stores[k] > 0 -> drain(k) \
	:: k < PS && stores[k] == 0 -> k++ \
	:: else -> break \
	od; \
	k = 0 }
#endif

active proctype memory()
{
	byte i, k;

end:	do
	:: atomic { stores[0] > 0 -> drain(0) }
	:: atomic { stores[1] > 0 -> drain(1) }
#if PS > 2
	:: atomic { stores[2] > 0 -> drain(2) }
#endif
	od
}

/* ---- What is under sched.lock --------------------------------------------- */

bool pidle[PS], midle[PS];
byte watcher = NONE;
byte nextp[PS];
bool spinning[PS];              /* written by whoever gives it a P, then by the M */
bool woken[PS];                 /* a futex */
bool computes[PS];              /* of a P: its G computes for ever */
byte left = GS;

/* What is done under the lock is one step up to where it reads a word that is written
 * without it (a Q), or passes a fence: nobody else could tell. */
#define ACQUIRE mem[LOCK] == 0 && EMPTY -> mem[LOCK] = 1
#define RELEASE STORE(LOCK, 0)

inline take_p()                 /* x = an idle P, or NONE */
{
	d_step {
		x = 0;
		do
		:: x < PS && !pidle[x] -> x++
		:: x < PS && pidle[x] -> pidle[x] = false; break
		:: x == PS -> x = NONE; break
		od
	}
	if
	:: x != NONE -> LOAD(NPIDLE, y); STORE(NPIDLE, y - 1)
	:: else
	fi
}

inline midle_remove(m)
{
	midle[m] = false;
	if
	:: watcher == m ->
		watcher = NONE;
		STORE(WATCHING, 0);
		/* Its successor. */
		d_step {
			k = 0;
			do
			:: k < PS && !midle[k] -> k++
			:: k < PS && midle[k] -> woken[k] = true; break
			:: k == PS -> break
			od;
			k = 0
		}
	:: else
	fi
}

/* x = is there work in a P's queue?  In one step: Gs do not move from queue to queue. */
inline any_queued()
{
	d_step {
		x = 0;
		k = 0;
		do
		:: k < PS -> SEE(Q + k, y); x = x | (y > 0); k++
		:: else -> break
		od;
		k = 0;
		y = 0
	}
}

/* ---- Waking --------------------------------------------------------------- */

inline startm(p)
{
	atomic { ACQUIRE;
	/* The watcher last. */
	d_step {
		k = 0;
		do
		:: k < PS && midle[k] && k != watcher -> break
		:: k < PS && !(midle[k] && k != watcher) -> k++
		:: k == PS -> k = watcher; break
		od
	}
	assert(k != NONE && midle[k]);
	z = k;
	midle_remove(z);
	spinning[z] = true;
	nextp[z] = p;
	woken[z] = true;
	z = 0;
	k = 0;
	RELEASE }
}

inline wakep()
{
	if
	:: atomic { EMPTY && mem[NSPIN] > 0 -> skip }
	:: atomic { EMPTY && mem[NSPIN] == 0 -> mem[NSPIN] = 1 };
		atomic { ACQUIRE; take_p() };
		if
		:: x == NONE -> atomic { EMPTY -> mem[NSPIN] = mem[NSPIN] - 1 }
		:: else
		fi;
		RELEASE;
		if
		:: x != NONE -> startm(x)
		:: else
		fi
	fi
}

/* here: into the P's own queue, so that a watcher that naps is enough. */
inline submitted(here)
{
	ASYM_LIGHT;
#ifdef ANY_ORDER
	w = 0;
	do
	:: atomic { (w & 1) == 0 -> LOAD(NPIDLE, x); w = w | 1 }
	:: atomic { (w & 2) == 0 -> LOAD(NSPIN, y); w = w | 2 }
	:: atomic { (w & 4) == 0 -> LOAD(WATCHING, z); w = w | 4 }
	:: w == 7 -> break
	od;
	atomic {
		w = x > 0 && y == 0 && !(here && z);
		x = 0;
		y = 0;
		z = 0
	};
	if
	:: w -> w = 0; wakep()
	:: else
	fi
#else
	LOAD(NPIDLE, x);
	if
	:: x > 0 ->
		LOAD(NSPIN, x);
		if
		:: x == 0 ->
			LOAD(WATCHING, x);
			if
			:: here && x
			:: else -> wakep()
			fi
		:: else
		fi
	:: else
	fi
#endif
}

inline stop_spinning()
{
	spinning[me] = false;
	atomic { EMPTY -> mem[NSPIN] = mem[NSPIN] - 1; x = mem[NSPIN] };
	LOAD(NPIDLE, y);
	if
	:: x > 0 || y == 0
	:: else ->
		LOAD(WATCHING, x);
#if WITHOUT != 3
		if
		:: x
		:: else -> ASYM_HEAVY
		fi;
#endif
		any_queued();
		LOAD(NGLOBAL, y);
		LOAD(WATCHING, z);
		if
		:: atomic { y || (x && !z) -> z = 0 }; wakep()
		:: atomic { else -> z = 0 }
		fi
	fi
}

/* ---- Stealing: runq.c keeps thief and owner apart ------------------------- */

/* x: was there a G, and did its owner not keep the thief away? */
inline steal_g(from)
{
	LOAD(Q + from, x);
	if
	:: x -> ASYM_HEAVY;
		d_step {
			x = mem[Q + from] > 0;
			k = 0;
			do
			:: k < PS ->
				i = 0;
				do
				:: i < stores[k] ->
					x = x && word[k * DEPTH + i] != Q + from;
					i++
				:: else -> break
				od;
				k++
			:: else -> break
			od;
			i = 0;
			k = 0;
			mem[Q + from] = mem[Q + from] - x
		}
	:: else
	fi
}

/* ---- Sleeping -------------------------------------------------------------- */

/* Under the lock.  z: 0 to nap, 1 to sleep, 2 to take an idle P, and from victim. */
inline watch()
{
	victim = NONE;
	LOAD(NPIDLE, y);
	if
	:: y == 0 -> STORE(WATCHING, 0); z = 1
	:: else ->
		/* A P that computes has not moved; another is too slow, or not. */
		atomic {
			w = 0;
			z = 0;
			do
			:: w < PS -> LOAD(Q + w, x);
				if
				:: x -> z = 1;
					if
					:: victim = w
					:: !computes[w]
					fi
				:: else
				fi;
				w++
			:: else -> break
			od;
			w = 0
		};
		LOAD(NGLOBAL, x);
		if
		:: victim != NONE ->
			/* It looks closer. */
			atomic { STORE(WATCHING, 1); RELEASE };
			atomic { ACQUIRE };
			LOAD(Q + victim, x);
			LOAD(NPIDLE, y);
			if
			:: x && midle[me] && y -> z = 2
			:: else -> z = 3
			fi
		:: victim == NONE && x -> z = 2
		:: else ->
			/* z: is there a queue?  Without one a P may have moved.  What moved
			 * before every P was idle moves no more. */
			if
			:: z
			:: z = 1
			:: skip
			fi;
			z = z && y < PS;
			STORE(WATCHING, z);
			if
			:: z -> z = 0
			:: else ->
#if WITHOUT != 2
				ASYM_HEAVY;
#endif
				LOAD(NGLOBAL, x);
				if
				:: x -> z = 2
				:: else ->
					any_queued();
					STORE(WATCHING, x);
					z = !x
				fi
			fi
		fi
	fi
}

/* m is in the idle list.  Then p is its P. */
inline wait_for_p()
{
	atomic {
		ACQUIRE;
		LOAD(NGLOBAL, x);
		if
		:: midle[me] && x -> take_p()
		:: else -> x = NONE
		fi
	};
	if
	:: atomic { x != NONE -> nextp[me] = x; midle_remove(me) }
	:: x == NONE && midle[me] && watcher != NONE ->
		any_queued();
		LOAD(WATCHING, y);
		if
		:: x && !y -> watcher = me
		:: else
		fi
	:: else
	fi;
	/* mpark */
	victim = NONE;
	do
	:: nextp[me] != NONE -> break
	:: else ->
		z = 1;
		if
		:: midle[me] && watcher == NONE -> watcher = me
		:: else
		fi;
		if
		:: watcher == me -> watch()
		:: else
		fi;
		if
		:: z == 3
		:: atomic { z == 2 ->
			if
			:: midle[me] -> take_p();
				if
				:: x != NONE -> midle_remove(me); nextp[me] = x
				:: else
				fi
			:: else
			fi }
		:: atomic { z < 2 && nextp[me] == NONE -> x = 0; y = 0; victim = NONE;
				woken[me] = false; RELEASE };
			if
			:: z == 0       /* a nap: sooner or later it is over */
			:: z == 1 ->
endsleep:			woken[me]
			fi;
			atomic { ACQUIRE }
		fi
	od;
	atomic { p = nextp[me]; nextp[me] = NONE; z = 0 };
	RELEASE
}

/* ---- Ms --------------------------------------------------------------------- */

proctype mstart(byte me)
{
	byte p = me, victim = NONE;
	byte i, k, w, x, y, z;

	if
	:: midle[me] -> p = NONE; goto stopped
	:: else
	fi;

running:	/* Its G. */
	if
	:: atomic { left > 0 && stores[me] < DEPTH -> left--; LOAD(Q + p, x); STORE(Q + p, x + 1) };
		submitted(true);
		goto running
	:: atomic { left > 0 -> left-- };
		atomic { ACQUIRE; LOAD(NGLOBAL, x); STORE(NGLOBAL, x + 1); RELEASE };
		submitted(false);
		goto running
	:: goto find_runnable
	:: atomic { computes[p] = true; x = 0; y = 0 };
		goto endcomputes
	fi;

find_runnable:
	atomic {
		stores[me] < DEPTH;
		LOAD(Q + p, x);
		if
		:: x -> STORE(Q + p, x - 1)
		:: else
		fi
	};
	if
	:: x -> goto found
	:: else
	fi;
	LOAD(NGLOBAL, x);
	if
	:: x ->
		atomic {
			ACQUIRE;
			LOAD(NGLOBAL, x);
			if
			:: x -> STORE(NGLOBAL, x - 1)
			:: else
			fi;
			RELEASE
		};
		if
		:: x -> goto found
		:: else
		fi
	:: else
	fi;
	LOAD(NSPIN, x);
	LOAD(NPIDLE, y);
	if
	:: !spinning[me] && 2 * x + y < PS ->
		atomic { EMPTY -> mem[NSPIN] = mem[NSPIN] + 1; spinning[me] = true }
	:: else
	fi;
	if
	:: spinning[me] ->
		w = 0;
		do
		:: atomic { w < PS -> LOAD(Q + w, x); if :: w == p -> x = 0 :: else fi };
			if
			:: x -> steal_g(w)
			:: else
			fi;
			if
			:: x -> w = 0; goto found
			:: else -> w++
			fi
		:: w == PS -> break
		od;
		w = 0
	:: true                         /* It does not spin, or avoids queues. */
	fi;

	/* release_and_stopm */
	atomic {
		ACQUIRE;
		LOAD(NGLOBAL, x);
		if
		:: x -> STORE(NGLOBAL, x - 1)
		:: else ->
#if WITHOUT == 4
			w = spinning[me];
#else
			mem[NSPIN] = mem[NSPIN] - spinning[me];
#endif
			spinning[me] = false;
			pidle[p] = true;
			p = NONE;
			LOAD(NPIDLE, y);
			STORE(NPIDLE, y + 1);
			LOAD(WATCHING, y);
			z = watcher != NONE && !y;
			midle[me] = true
		fi;
		RELEASE
	};
	if
	:: x -> goto found
	:: else
	fi;
	if
	:: w -> atomic { EMPTY -> mem[NSPIN] = mem[NSPIN] - 1 }
	:: else
	fi;
#if WITHOUT != 1
	if
	:: z -> ASYM_HEAVY
	:: else
	fi;
#endif
stopped:
	atomic { w = 0; z = 0 };
	wait_for_p();
	if
	:: victim != NONE && victim != p ->
		steal_g(victim);
		if
		:: x ->
			any_queued();
			LOAD(NPIDLE, y);
			d_step {
				k = 0;
				do
				:: k < PS && !midle[k] -> k++
				:: else -> break
				od;
				z = (k == PS);
				k = 0
			}
			if
			:: atomic { z && y && x -> z = 0 }; wakep()
			:: atomic { else -> z = 0 }
			fi;
			goto found
		:: else
		fi
	:: else
	fi;
	victim = NONE;
	if
	:: !spinning[me] -> atomic { EMPTY -> mem[NSPIN] = mem[NSPIN] + 1; spinning[me] = true }
	:: else
	fi;
	goto find_runnable;

found:	victim = NONE;
	if
	:: spinning[me] -> stop_spinning()
	:: else
	fi;
	goto running;

endcomputes:
	false
}

/* ---- The claim --------------------------------------------------------------- */

/* When all that is still to come is work that computes, and nobody naps, no P is idle
 * while a G is queued. */
active proctype monitor()
{
	byte n, j;

endmonitor:
	timeout;
	n = mem[NGLOBAL];
	do
	:: j < PS -> n = n + mem[Q + j]; j++
	:: else -> break
	od;
	assert(mem[NPIDLE] == 0 || n == 0)
}

init
{
	byte j;

	atomic {
#if PS > 2
		/* To begin with the last M is the watcher, and sleeps. */
		watcher = PS - 1;
		midle[PS - 1] = true;
		pidle[PS - 1] = true;
		mem[NPIDLE] = 1;
#endif
		do
		:: j < PS -> nextp[j] = NONE; run mstart(j); j++
		:: else -> break
		od
	}
}
