# N:1: every G is a coroutine on the one thread.
model := N:1
caps  :=
src   := $(here)/single_p.c \
         $(addprefix impls/,fatal.c leaks.c overflow.c altstack.c trace.c symbols.c \
           trace_x86_64.S trace_aarch64.S now.c inline.c procs.c lock.c timer.c netpoll.c \
           coro/stack.c coro/boot_x86_64.S coro/boot_aarch64.S \
           sync/wg.c sync/mutex.c sync/rwmutex.c sync/cond.c sync/once.c \
           sync/chan.c sync/select.c sync/fd.c)
