// What a server in Go needs besides its architecture: its settings, its report, and how it starts and ends.
//
// What to watch: the contract is that of models/wire, so that whoever sends requests need not know what answers them:
// X-Request, X-Steps, X-Response, and a line for each request in the report.
package main

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

const noRoom = 100 * time.Millisecond

// Settings are what server.py says on the command line.
type Settings struct {
	Listener, Boots uintptr
	Report          string
	Idle            float64
	Gomaxprocs      int
}

var (
	settings Settings
	report   = -1
)

// The report: a line for each request, in one write to a file that is opened for appending.

type Visit struct {
	connection *net.TCPConn
	row        int
	heard      bool
	marks      []byte
}

var (
	mutex  sync.Mutex
	inHand = map[*Visit]bool{}
)

func visited(connection net.Conn) *Visit {
	visit := &Visit{connection: connection.(*net.TCPConn), row: -1}
	visit.reach("accept_P")
	mutex.Lock()
	inHand[visit] = true
	mutex.Unlock()
	return visit
}

func (visit *Visit) reach(place string) {
	visit.marks = append(visit.marks, fmt.Sprintf(" %s=%.7f", place, clock(monotonic))...)
}

func (visit *Visit) leave(outcome string) {
	visit.reach("left")
	if visit.heard && report >= 0 {
		syscall.Write(report, []byte(fmt.Sprintf("%d 0 -1 %s%s\n", visit.row, outcome, visit.marks)))
	}
}

// attend serves a connection and reports it however it ends; faults of the client end here.
func attend(connection *net.TCPConn, visit *Visit) {
	var refused Refused
	outcome := "completed"
	if err := serve(connection, visit); errors.As(err, &refused) {
		outcome = fmt.Sprintf("status_%d", int(refused))
		turnAway(connection, refused)
	} else if err != nil {
		outcome = "gave_up"
	}
	connection.Close()
	mutex.Lock()
	defer mutex.Unlock()
	visit.leave(outcome)
	delete(inHand, visit)
}

// Start and end. A process that dies of a request leaves word how long its successor boots.

func begin() Settings {
	if err := json.Unmarshal([]byte(os.Args[1]), &settings); err != nil {
		panic(err)
	}
	signal.Ignore(syscall.SIGINT) // Ctrl-C reaches everybody; the master decides
	syscall.CloseOnExec(int(settings.Boots))
	if settings.Report != "" {
		report, _ = syscall.Open(settings.Report, syscall.O_WRONLY|syscall.O_APPEND|syscall.O_CREAT|syscall.O_CLOEXEC, 0o644)
	}
	word := make([]byte, 8)
	syscall.Pread(int(settings.Boots), word, 0)
	syscall.Pwrite(int(settings.Boots), make([]byte, 8), 0)
	time.Sleep(seconds(math.Float64frombits(binary.LittleEndian.Uint64(word))))
	return settings
}

// listen goes on with the socket that listens already; SIGTERM closes it.
func listen() net.Listener {
	listener, err := net.FileListener(os.NewFile(settings.Listener, "listener"))
	if err != nil {
		panic(err)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	go func() {
		<-stop
		listener.Close()
	}()
	return listener
}

func crash(boots float64) {
	if boots == 0 {
		return
	}
	mutex.Lock() // for ever
	for visit := range inHand {
		visit.leave("lost")
	}
	word := make([]byte, 8)
	binary.LittleEndian.PutUint64(word, math.Float64bits(boots))
	syscall.Pwrite(int(settings.Boots), word, 0)
	syscall.Kill(os.Getpid(), syscall.SIGKILL)
}

// finish closes what is idle, and waits for those whose requests have begun.
func finish() {
	for {
		mutex.Lock()
		for visit := range inHand {
			if !visit.heard {
				visit.connection.Close()
			}
		}
		left := len(inHand)
		mutex.Unlock()
		if left == 0 {
			os.Exit(0)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func isClosed(err error) bool { return errors.Is(err, net.ErrClosed) }
