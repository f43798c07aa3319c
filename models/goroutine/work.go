// Work: seconds of computing are CPU time of the thread, which the goroutine keeps meanwhile.
package main

import (
	"runtime"
	"syscall"
	"time"
	"unsafe"
)

func burn(wanted float64) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for end := clock(threadTime) + wanted; clock(threadTime) < end; {
		for i := 0; i < 2000; i++ {
		}
	}
}

// computeInKernel has the kernel make random numbers: computing outside of Go, as in C, for which no P is needed.
func computeInKernel(wanted float64) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	buffer, end := make([]byte, 512*1024), clock(threadTime)+wanted
	for took, now := 0.0, clock(threadTime); now+took < end; {
		if _, err := syscall.Read(random, buffer); err != nil {
			panic(err)
		}
		before := now
		now = clock(threadTime)
		took = now - before
	}
	burn(end - clock(threadTime))
}

var random, _ = syscall.Open("/dev/urandom", syscall.O_RDONLY|syscall.O_CLOEXEC, 0)

const monotonic, threadTime = 1, 3

func clock(which uintptr) float64 {
	var now syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, which, uintptr(unsafe.Pointer(&now)), 0)
	return float64(now.Sec) + float64(now.Nsec)/1e9
}

func seconds(many float64) time.Duration { return time.Duration(many * 1e9) }
