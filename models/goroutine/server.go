// Goroutines, for real: one for each connection, in blocking style. Read it beside model.py.
//
// What to look at: `serve` is prefork's, line by line. Whatever waits in it parks the goroutine and gives its P to
// another; a call into the kernel that blocks, or computes there, keeps a thread and gives its P away too. A loop that
// only computes is stopped after 10 to 20 ms, wherever it is.
package main

import (
	"net"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// serve is the life of a connection, on a goroutine of its own.
func serve(connection *net.TCPConn, visit *Visit) error {
	visit.reach("receive")
	request, err := receive(connection, visit) // parked: no P, no thread
	if err != nil {
		return err
	}
	visit.reach("parse")
	job, err := parse(request)
	if err != nil {
		return err
	}
	visit.row = job.row
	for n, phase := range job.phases {
		visit.reach("handle." + strconv.Itoa(n+1))
		do(phase) // computing: a P and a core; waiting: no P
	}
	visit.reach("respond")
	head := response(job.bytes)
	visit.reach("send")
	return send(connection, head, job.bytes) // parked until the kernel has taken the last byte
}

func do(phase Phase) {
	switch phase.kind {
	case "cpu":
		burn(phase.seconds)
	case "io":
		time.Sleep(seconds(phase.seconds)) // a timer: the goroutine is parked
	case "block":
		call := syscall.NsecToTimespec(seconds(phase.seconds).Nanoseconds())
		syscall.Nanosleep(&call, nil) // a system call: the thread waits, and the P goes to another one
	case "native":
		computeInKernel(phase.seconds) // as with C: a core, and no P
	case "crash":
		crash(phase.seconds)
	}
}

func main() {
	settings := begin()
	if settings.Gomaxprocs > 0 {
		runtime.GOMAXPROCS(settings.Gomaxprocs)
	}
	listener := listen()
	for { // the acceptor: one goroutine, which never serves anybody itself
		connection, err := listener.Accept()
		if err == nil {
			go attend(connection.(*net.TCPConn), visited(connection))
		} else if isClosed(err) {
			break
		} else {
			time.Sleep(noRoom) // too many files are open
		}
	}
	finish()
}
