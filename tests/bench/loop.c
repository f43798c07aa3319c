/* Prefork with slow clients as one loop in C: what somebody would write who needs this one server only.
 *
 * Like ours: arrivals in order, a binary heap of what is due (by time, then by order of scheduling), one FIFO queue for
 * all workers, the worker that has been idle longest goes first, cores shared among all that compute, and the moment at
 * which each request reached each step, with its worker.
 * Unlike ours: no plan is read, the steps are the code; nobody loses patience, no backlog is full, nothing is locked; and
 * the few jobs on the cores are searched one by one. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

enum { CONNECT, ACCEPT, RECEIVE, PARSE, HANDLE };
enum { NONE, CPU, IO };

typedef struct { double time; int64_t order; int row; } Event;
typedef struct { double mark; int64_t order; int row; } Job;

typedef struct {
    int64_t n;
    int32_t phases, workers, cores;
    double efficiency, parse_s, respond_s, receive_buffer, send_buffer;
    const double *arrival, *rtt, *upload, *response, *work, *up_rate, *down_rate;
    const int16_t *request_class, *client;
    const int8_t *kinds;
    double *reached, *finished;
    int32_t *slot;
} Scene;

static const Scene *s;
static double now, due, virtual_time, updated;
static int64_t order;
static Event *heap;
static int events, room, jobs, places, first, last, waiting, idle, longest_idle;
static Job *job;
static int *at, *next, *free_slot;

static void push(double time, int row) {
    if (events == room) heap = realloc(heap, (size_t)(room *= 2) * sizeof *heap);
    int i = events++;
    for (int parent; i > 0 && heap[parent = (i - 1) / 2].time > time; i = parent) heap[i] = heap[parent];
    heap[i] = (Event){time, order++, row};
}

static int earlier(Event a, Event b) { return a.time < b.time || (a.time == b.time && a.order < b.order); }

static int pop(void) {
    int row = heap[0].row, i = 0, child;
    Event moved = heap[--events];
    while ((child = 2 * i + 1) < events) {
        if (child + 1 < events && earlier(heap[child + 1], heap[child])) child++;
        if (earlier(moved, heap[child])) break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = moved;
    return row;
}

static double rate(void) { return jobs <= s->cores ? 1.0 : (double)s->cores / jobs * s->efficiency; }

static void catch_up(void) { virtual_time += (now - updated) * rate(); updated = now; }

static int next_job(void) {
    int best = 0;
    for (int i = 1; i < jobs; i++)
        if (job[i].mark < job[best].mark || (job[i].mark == job[best].mark && job[i].order < job[best].order)) best = i;
    return best;
}

static void expect(void) {
    if (jobs == 0) { virtual_time = 0; due = INFINITY; return; }
    due = now + fmax((job[next_job()].mark - virtual_time) / rate(), 0.0);
}

static void compute(int row, double seconds) {
    catch_up();
    job[jobs++] = (Job){virtual_time + seconds, order++, row};
    expect();
}

static int finish_job(void) {
    int i = next_job(), row = job[i].row;
    catch_up();
    virtual_time = job[i].mark;
    job[i] = job[--jobs];
    expect();
    return row;
}

static double arrived_at(int row, double connected) {
    double size = s->upload[row], speed = s->up_rate[s->client[row]];
    if (size > s->receive_buffer && now > connected + s->receive_buffer / speed)
        return now + (size - s->receive_buffer) / speed;
    return connected + size / speed;
}

static void go_on(int row) {
    double *reached = s->reached + (int64_t)row * places;
    const int8_t *kinds = s->kinds + s->request_class[row] * s->phases;
    for (;;) {
        int place = ++at[row];
        if (place >= HANDLE && place < HANDLE + s->phases && kinds[place - HANDLE] == NONE) continue;
        reached[place] = now;
        if (place == CONNECT) {
            push(now + 1.5 * s->rtt[row], row);
            return;
        } else if (place == ACCEPT) {
            if (idle == 0) {
                if (waiting++) next[last] = row; else first = row;
                last = row;
                return;
            }
            s->slot[row] = free_slot[longest_idle];
            longest_idle = (longest_idle + 1) % s->workers;
            idle--;
        } else if (place == RECEIVE) {
            double arrived = arrived_at(row, reached[ACCEPT]);
            if (arrived > now) { push(arrived, row); return; }
        } else if (place == PARSE) {
            compute(row, s->parse_s);
            return;
        } else if (place < HANDLE + s->phases) {
            double seconds = s->work[(int64_t)row * s->phases + place - HANDLE];
            if (seconds > 0) {
                if (kinds[place - HANDLE] == CPU) compute(row, seconds); else push(now + seconds, row);
                return;
            }
        } else if (place == HANDLE + s->phases) {
            compute(row, s->respond_s);
            return;
        } else if (place == HANDLE + s->phases + 1) {
            double size = s->response[row], speed = s->down_rate[s->client[row]];
            s->finished[row] = now + s->rtt[row] / 2 + size / speed;
            if (size > s->send_buffer) { /* a blocked writer goes on when a third is free */
                double third = s->send_buffer / 3;
                push(now + ceil((size - s->send_buffer) / third) * third / speed, row);
                return;
            }
        } else {
            if (waiting > 0) {
                int served = first;
                first = next[served];
                waiting--;
                s->slot[served] = s->slot[row];
                go_on(served); /* at most one deep: the served one has to compute before it can release */
            } else {
                free_slot[(longest_idle + idle++) % s->workers] = s->slot[row];
            }
            return;
        }
    }
}

int simulate(const Scene *scene) {
    s = scene;
    now = virtual_time = updated = 0;
    order = events = jobs = waiting = longest_idle = 0;
    due = INFINITY;
    places = HANDLE + s->phases + 3;
    heap = malloc((size_t)(room = 64) * sizeof *heap);
    job = malloc((size_t)s->workers * sizeof *job);
    at = malloc((size_t)s->n * sizeof *at);
    next = malloc((size_t)s->n * sizeof *next);
    free_slot = malloc((size_t)s->workers * sizeof *free_slot);
    for (int64_t row = 0; row < s->n; row++) at[row] = -1;
    for (idle = 0; idle < s->workers; idle++) free_slot[idle] = idle;
    int64_t coming = 0;
    for (;;) {
        double queued = events > 0 ? heap[0].time : INFINITY, soonest = fmin(due, queued);
        if (coming < s->n && s->arrival[coming] <= soonest) {
            now = s->arrival[coming];
            go_on((int)coming++);
        } else if (soonest == INFINITY) {
            break;
        } else {
            now = soonest;
            go_on(due < queued ? finish_job() : pop());
        }
    }
    free(heap); free(job); free(at); free(next); free(free_slot);
    return 0;
}
