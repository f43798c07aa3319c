// Requests and responses, as models/wire reads and writes them: a body is counted and not kept.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	headLimit     = 16 * 1024
	bodyLimit     = 32 << 20
	responseLimit = 1 << 30
	chunk         = 64 * 1024
	linger        = time.Second // for a client that is turned away: closing at once could destroy the answer
)

var zeros = make([]byte, chunk)

// Refused is a request that is not served, with the status that says so.
type Refused int

func (status Refused) Error() string { return http.StatusText(int(status)) }

// What a request asks for.

type Request map[string]string

type Phase struct {
	kind    string
	seconds float64
}

type Job struct {
	row    int
	phases []Phase
	bytes  int
}

var (
	noText    = regexp.MustCompile(`[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]`)
	firstLine = regexp.MustCompile(`^([!#$%&'*+.^_|~0-9A-Za-z-]+) ([\x21-\x7e]+) (HTTP/[0-9]\.[0-9])$`)
	field     = regexp.MustCompile("^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\\t -~\\x80-\\xff]*)$")
	step      = regexp.MustCompile(`^(cpu|io|native|block|crash)=([0-9]{1,6}(\.[0-9]{1,12})?)$`)
	digits    = regexp.MustCompile(`^[0-9]{1,12}$`)
	once      = map[string]bool{"content-length": true, "host": true, "transfer-encoding": true, "x-request": true,
		"x-steps": true, "x-response": true}
)

// receive reads until the whole request is here; its body is counted and not kept.
func receive(connection *net.TCPConn, visit *Visit) (Request, error) {
	var head []byte
	buffer, end := make([]byte, chunk), -1
	for end < 0 {
		n, err := read(connection, visit, buffer)
		if err != nil {
			return nil, err
		}
		seen := len(head) - 3
		head = append(head, buffer[:n]...)
		end = bytes.Index(head[max(seen, 0):], []byte("\r\n\r\n"))
		if end >= 0 {
			end += max(seen, 0)
		}
		part := head
		if end >= 0 {
			part = head[:end]
		}
		if len(part) > headLimit-4 {
			return nil, Refused(431)
		}
		if noText.Match(part) || bareNewline(part) {
			return nil, Refused(400)
		}
	}
	request, length, err := understand(string(head[:end]))
	for missing := length - (len(head) - end - 4); err == nil && missing > 0; {
		var n int
		n, err = read(connection, visit, buffer)
		missing -= n
	}
	return request, err
}

func read(connection *net.TCPConn, visit *Visit, buffer []byte) (int, error) {
	connection.SetReadDeadline(time.Now().Add(seconds(settings.Idle)))
	n, err := connection.Read(buffer)
	if n > 0 {
		visit.heard = true
	}
	if errors.Is(err, os.ErrDeadlineExceeded) && visit.heard {
		return n, Refused(408)
	}
	return n, err
}

func bareNewline(text []byte) bool {
	return bytes.Count(text, []byte("\n")) != bytes.Count(text, []byte("\r\n"))
}

func understand(head string) (Request, int, error) {
	lines := strings.Split(head, "\r\n")
	start := firstLine.FindStringSubmatch(lines[0])
	if start == nil {
		return nil, 0, Refused(400)
	}
	fields := Request{}
	for _, line := range lines[1:] {
		match := field.FindStringSubmatch(latin1(line))
		if match == nil {
			return nil, 0, Refused(400)
		}
		name, value := strings.ToLower(match[1]), strings.Trim(match[2], " \t")
		if before, known := fields[name]; known {
			if once[name] {
				return nil, 0, Refused(400)
			}
			value = before + ", " + value
		}
		fields[name] = value
	}
	method, version := start[1], start[3]
	_, hasHost := fields["host"]
	_, hasEncoding := fields["transfer-encoding"]
	announced, hasLength := fields["content-length"]
	switch {
	case version != "HTTP/1.0" && version != "HTTP/1.1":
		return nil, 0, Refused(505)
	case version == "HTTP/1.1" && !hasHost:
		return nil, 0, Refused(400)
	case method != "GET" && method != "POST", hasEncoding:
		return nil, 0, Refused(501)
	case method == "POST" && !hasLength:
		return nil, 0, Refused(411)
	case !hasLength:
		return fields, 0, nil
	case strings.Trim(announced, "0123456789") != "" || announced == "":
		return nil, 0, Refused(400)
	}
	length, err := strconv.Atoi(announced)
	if err != nil || length > bodyLimit {
		return nil, 0, Refused(413)
	}
	return fields, length, nil
}

// latin1 makes each byte above ASCII a character: a regular expression of Go reads UTF-8.
func latin1(text string) string {
	runes := make([]rune, len(text))
	for i := range runes {
		runes[i] = rune(text[i])
	}
	return string(runes)
}

func parse(request Request) (Job, error) {
	job := Job{}
	var err error
	if text := request["x-steps"]; text != "" {
		parts := strings.Split(text, ",")
		if len(parts) > 64 {
			return job, Refused(400)
		}
		for _, part := range parts {
			match := step.FindStringSubmatch(part)
			if match == nil {
				return job, Refused(400)
			}
			length, _ := strconv.ParseFloat(match[2], 64)
			if length > 3600 {
				return job, Refused(400)
			}
			job.phases = append(job.phases, Phase{match[1], length})
		}
	}
	if job.row, err = number(request, "x-request", -1, 1e12); err != nil {
		return job, err
	}
	job.bytes, err = number(request, "x-response", 0, responseLimit)
	return job, err
}

func number(request Request, name string, otherwise, limit int) (int, error) {
	text, said := request[name]
	if !said {
		return otherwise, nil
	}
	found, err := strconv.Atoi(text)
	if !digits.MatchString(text) || err != nil || found > limit {
		return 0, Refused(400)
	}
	return found, nil
}

// Answers.

func response(bytes int) []byte {
	head := "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
	return append([]byte(fmt.Sprintf(head, bytes)), zeros[:min(bytes, chunk)]...)
}

func send(connection *net.TCPConn, first []byte, bytes int) error {
	err := write(connection, first)
	for left := bytes - min(bytes, chunk); err == nil && left > 0; left -= chunk {
		err = write(connection, zeros[:min(left, chunk)])
	}
	return err
}

func write(connection *net.TCPConn, data []byte) error {
	connection.SetWriteDeadline(time.Now().Add(seconds(settings.Idle)))
	_, err := connection.Write(data)
	return err
}

func turnAway(connection *net.TCPConn, status Refused) {
	text := fmt.Sprintf("HTTP/1.1 %d %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", int(status), status)
	if write(connection, []byte(text)) != nil || status == 408 {
		return
	}
	connection.CloseWrite()
	connection.SetReadDeadline(time.Now().Add(linger))
	io.Copy(io.Discard, connection)
}

func min(one, other int) int {
	if one < other {
		return one
	}
	return other
}

func max(one, other int) int {
	if one > other {
		return one
	}
	return other
}
