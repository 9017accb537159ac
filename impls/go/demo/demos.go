// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// ---- WaitGroups, used well and badly ---------------------------------------

func sayLetters(first rune) {
	for c := first; c < first+26; c++ {
		end := ' '
		if c == first+25 {
			end = '\n'
		}
		fmt.Printf("%c%c", c, end)
	}
}

// Others would say now who is left.
func noAccount() {
	fmt.Println("Go keeps no account of who is left")
}

func noWait() {
	var wg sync.WaitGroup

	wg.Add(2)
	for _, first := range "aA" {
		go func(first rune) {
			sayLetters(first)
			wg.Done()
		}(first)
	}
	fmt.Println("main ends without waiting")
	noAccount()
}

func forgottenDone() {
	var wg sync.WaitGroup

	wg.Add(2)
	go func() {
		sayLetters('a')
		wg.Done()
	}()
	go func() {
		sayLetters('A')
	}()
	fmt.Println("main waits for both")
	wg.Wait()
	fmt.Println("both have ended")
}

func addTooFew() {
	var wg sync.WaitGroup

	wg.Add(1)
	go func() {
		sayLetters('a')
	}()
	go func() {
		sayLetters('A')
		wg.Done()
	}()
	fmt.Println("main waits for one of two")
	wg.Wait()
	fmt.Println("main ends")
	noAccount()
}

func addTooMany() {
	var wg sync.WaitGroup

	wg.Add(3)
	for _, first := range "aA" {
		go func(first rune) {
			sayLetters(first)
			wg.Done()
		}(first)
	}
	fmt.Println("main waits for three of two")
	wg.Wait()
	fmt.Println("all have ended")
}

func negative() {
	var wg sync.WaitGroup

	wg.Add(1)
	wg.Done()
	fmt.Println("one Add, one Done; and now another Done")
	wg.Done()
	fmt.Println("nobody noticed")
}

// ---- How many Ps -----------------------------------------------------------

func procs() {
	fmt.Printf("asked with 0:       P = %d\n", runtime.GOMAXPROCS(0))
	before := runtime.GOMAXPROCS(1)
	fmt.Printf("set to 1:           P was %d\n", before)
	fmt.Printf("asked with 0 again: P = %d\n", runtime.GOMAXPROCS(0))
}

// ---- Running, Runnable, Waiting --------------------------------------------

func states() {
	var wg sync.WaitGroup
	running, never := runtime.GOMAXPROCS(0)+2, make(chan int)

	fmt.Printf("%d Gs compute, 3 receive from a channel that nobody sends to, 2 sleep\n", running)
	wg.Add(running + 5)
	for i := 0; i < 3; i++ {
		go func() {
			<-never
			wg.Done()
		}()
	}
	for i := 0; i < 2; i++ {
		go func() {
			time.Sleep(150 * time.Millisecond)
			wg.Done()
		}()
	}
	// So that they wait before somebody takes their P.
	time.Sleep(time.Millisecond)
	until := time.Now().Add(125 * time.Millisecond)
	for i := 0; i < running; i++ {
		go func() {
			for time.Now().Before(until) {
			}
			wg.Done()
		}()
	}
	time.Sleep(125 * time.Millisecond)
	close(never)
	wg.Wait()
}

// ---- A data race -----------------------------------------------------------

const additions = 1000

func count(add func(counter *int)) int {
	var wg sync.WaitGroup
	counter := 0

	wg.Add(2)
	for i := 0; i < 2; i++ {
		go func() {
			for n := 0; n < additions; n++ {
				add(&counter)
			}
			wg.Done()
		}()
	}
	wg.Wait()
	return counter
}

func addAndYield(counter *int) {
	v := *counter
	runtime.Gosched()
	*counter = v + 1
}

func race() {
	var mu sync.Mutex

	fmt.Printf("without taking turns: 2 x %d additions make %d\n", additions, count(addAndYield))
	fmt.Printf("under a mutex:        2 x %d additions make %d\n", additions, count(func(counter *int) {
		mu.Lock()
		addAndYield(counter)
		mu.Unlock()
	}))
}

// ---- A hog -----------------------------------------------------------------

func hog() {
	var wg sync.WaitGroup
	var worst time.Duration
	n, ran, end := runtime.GOMAXPROCS(0), 0, "s"

	if n == 1 {
		end = ""
	}
	fmt.Printf("%d hog%s for 100 ms; main wants to run each millisecond\n", n, end)
	until := time.Now().Add(100 * time.Millisecond)
	wg.Add(n)
	for i := 0; i < n; i++ {
		go func() {
			for time.Now().Before(until) {
			}
			wg.Done()
		}()
	}
	for ; time.Now().Before(until); ran++ {
		asked := time.Now().Add(time.Millisecond)
		time.Sleep(time.Millisecond)
		if late := time.Since(asked); late > worst {
			worst = late
		}
	}
	wg.Wait()
	fmt.Printf("main ran %d times, at worst %.1f ms late\n", ran, worst.Seconds()*1e3)
}

// ---- Blocking calls --------------------------------------------------------

func blocking() {
	var wg sync.WaitGroup
	start := time.Now()

	fmt.Println("8 Gs make a system call each that blocks for 20 ms")
	wg.Add(8)
	for i := 0; i < 8; i++ {
		go func() {
			left := syscall.NsecToTimespec(20e6)
			for syscall.Nanosleep(&left, &left) == syscall.EINTR {
			}
			wg.Done()
		}()
	}
	wg.Wait()
	fmt.Printf("all have ended after %.1f ms\n", time.Since(start).Seconds()*1e3)
}

// ---- The account of Gs -----------------------------------------------------

func leak() {
	never := make(chan int)

	for i := 0; i < 3; i++ {
		go func() {
			<-never
		}()
	}
	time.Sleep(time.Millisecond)
	fmt.Printf("main ends; %d Gs live, it among them\n", runtime.NumGoroutine())
	noAccount()
}

func shutDown() {
	var wg sync.WaitGroup
	var units int64
	quit := make(chan struct{})

	work := func() {
		defer wg.Done()
		for n := int64(0); ; n++ {
			select {
			case <-quit:
				atomic.AddInt64(&units, n)
				return
			default:
				runtime.Gosched()
			}
		}
	}
	wg.Add(4)
	for i := 0; i < 4; i++ {
		go work()
	}
	fmt.Printf("%d Gs live\n", runtime.NumGoroutine())
	time.Sleep(10 * time.Millisecond)
	close(quit)
	wg.Wait()
	// Who has told of its end may still be on its way out.
	for runtime.NumGoroutine() > 1 {
		runtime.Gosched()
	}
	fmt.Printf("told to end, they did, after %d units of work; %d G lives\n", units, runtime.NumGoroutine())
}
