"""Where somebody is who is on the way: the cell on the street for a request, the way it is on, and how far it has come.

What to watch: both ends of a way are known ahead, so a mark never turns because of what happens meanwhile: it goes to
where its request will stand in the queue, which may be further on than the present tail, and waits before that.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Pool
from simulator.plan.walk import slot_column
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.clients import ClientRows, client_rows
from simulator.stage.street.crowd import marks_for
from simulator.stage.street.itinerary import Itinerary, UnderWay, Way, itinerary
from simulator.stage.street.lineup import cells_of_marks, marks_at, waiting
from simulator.stage.street.one_scale import cells_for
from simulator.stage.street.paths import Cells, Landmarks, along, walked
from simulator.stage.street.places import Street
from simulator.stage.street.stages import From
from simulator.stage.street.who import Who, who
from simulator.trace.playback import GroupKind

Rows = NDArray[np.int32]
Place = tuple[Cells, Cells]


@dataclass(frozen=True, slots=True, eq=False)
class Whereabouts:
    """What the cells of one frame are worked out from."""

    snapshot: Snapshot
    street: Street
    its: Itinerary
    who: Who
    doors: ClientRows
    marks: Landmarks
    first_lane: int
    """Of those who serve, among all lanes."""
    pool: int
    """The column of the slots that are desks; -1 where an event loop serves."""

    @classmethod
    def of(cls, snapshot: Snapshot, street: Street) -> "Whereabouts":
        """Of a view."""
        groups, first, pool = snapshot.inventory.lane_groups, 0, -1
        trace = snapshot.playback.trace
        plan = trace.plan
        for group in groups:
            if group.kind is GroupKind.SLOTS and isinstance(group.resource, Pool) and not group.helps:
                pool = slot_column(plan, trace.places, group.resource)
                break
            first += group.lanes
        its_who = who(snapshot.playback)
        doors = client_rows(street, len(its_who.names))
        places = Landmarks.of(street, groups, doors.lost)
        its = itinerary(snapshot.playback)
        return cls(snapshot, street, its, its_who, doors, places, first if pool >= 0 else 0, pool)

    def cells(self, way: Way, found: UnderWay) -> Place:
        """Where marks are that have come so far; -1 for those out of sight."""
        match way:
            case Way.IN | Way.IN_VAIN:
                return self._in(way, found)
            case Way.TO_AGAIN:
                return self._to_again(found)
            case Way.FROM_ROOM:
                return self._to_tail(found, self._from_room(found.rows))
            case Way.TO_DESK:
                return self._to_desk(found)
            case Way.TO_ROOM | Way.BACK:
                end = self.marks.room_col if way is Way.TO_ROOM else self.marks.way_start
                lanes = self._lanes(found.rows)
                return self._in_sight(self.marks.back(lanes, found.done, end), lanes)
            case Way.BACK_FROM_ROOM:
                row = self.street.answers_row
                return along([(row, self.marks.room_col), (row, self.marks.way_start)], found.done)
            case Way.LOST:
                return self._lost(found)

    def _in(self, way: Way, found: UnderWay) -> Place:
        again = self.who.again[found.rows] & (way is Way.IN)
        start = self._start(found.rows, again)
        if self.its.has_room:
            first, last = self.marks.room_rows
            end = np.clip(start[0], first, last), self.street.room.col - 1
            return walked(start, end, found.done, self.street.way.col + self.street.way.width)
        return self._to_tail(found, start)

    def _to_tail(self, found: UnderWay, start: Place) -> Place:
        """To where each will stand, as long as nobody stands in its way."""
        row, col = walked(start, self._tail(found), found.done, self.street.queue.col)
        return row, np.maximum(np.minimum(col, self._tail_col - 1), start[1])

    def _to_again(self, found: UnderWay) -> Place:
        waiting = self._start(found.rows, np.ones(len(found.rows), np.bool_))
        return along([self._tail_edge(found), waiting], found.done)

    def _to_desk(self, found: UnderWay) -> Place:
        lanes = self._lanes(found.rows)
        if self.pool < 0:  # in the hands of a loop: it stands in the same line until it gets its turn
            return np.full(len(lanes), -1, np.intp), lanes
        return self._in_sight(self.marks.to_desk(lanes, found.done), lanes)

    def _lost(self, found: UnderWay) -> Place:
        rows, cols = np.full(len(found.rows), -1, np.intp), np.zeros(len(found.rows), np.intp)
        where = self.its.lost_from[found.rows]
        for place in set(where.tolist()):
            some = np.flatnonzero(where == place)
            part = UnderWay(found.rows[some], found.done[some], found.at_s[some], found.thinned)
            rows[some], cols[some] = self._lost_from(From(place), part)
        return rows, cols

    def _lost_from(self, place: From, found: UnderWay) -> Place:
        marks = self.marks
        match place:
            case From.TAIL:
                return marks.lost_before(self._tail_edge(found), found.done)
            case From.AGAIN:
                start = self._start(found.rows, np.ones(len(found.rows), np.bool_))
                return marks.lost_before(start, found.done)
            case From.ROOM:
                return marks.lost_behind(marks.room_col, found.done)
            case From.QUEUE:
                return marks.lost_in_queue(self._stood(found), found.done)
            case From.DESK:
                lanes = self._lanes(found.rows)
                return self._in_sight(marks.lost_at_desk(lanes, found.done), lanes)
            case From.ANSWERS:
                return marks.lost_behind(marks.line_end, found.done)

    # --- corners --------------------------------------------------------------------------------------------------

    def _start(self, rows: Rows, again: NDArray[np.bool_]) -> Place:
        """Where clients begin to walk: at the row of their kind, or of those who try again."""
        kinds = np.array(self.doors.kinds)[np.minimum(self.who.kind[rows], len(self.doors.kinds) - 1)]
        return np.where(again, self.doors.again, kinds), np.full(len(rows), self.marks.way_start)

    def _from_room(self, rows: Rows) -> Place:
        """Through the door in the middle of its wall."""
        room = self.street.room
        return np.full(len(rows), room.row + room.height // 2), np.full(len(rows), room.col + room.width)

    def _tail(self, found: UnderWay) -> Place:
        """Where each stands when it joins the queue."""
        if self.pool < 0:
            line = waiting(self.snapshot)
            marks = marks_for(len(line) + 1, self._room)
            row, col = cells_of_marks(self.street.queue, np.array([marks.length - 1]), line.served)
            return np.repeat(row, len(found.rows)), np.repeat(col, len(found.rows))
        position = self.its.ahead(found.at_s, found.at_s)
        mark = np.minimum(position, self._room - 1)
        return cells_of_marks(self.street.queue, mark, self.its.entry(found.at_s) - position)

    def _stood(self, found: UnderWay) -> Place:
        """Where each stands in the queue when it is lost."""
        joined = self.its.joined_at(found.rows)
        position = self.its.ahead(found.at_s, joined)
        counts = [self.its.waiting(at_s) for at_s in found.at_s.tolist()]
        numbers = [marks_at(position[i : i + 1], marks_for(count, self._room)) for i, count in enumerate(counts)]
        return cells_of_marks(self.street.queue, np.concatenate(numbers), self.its.entry(joined) - position)

    def _tail_edge(self, found: UnderWay) -> Place:
        """Where whoever finds no place turns round."""
        queue = self.street.queue
        rows = queue.row + found.rows.astype(np.intp) % max(queue.height, 1)
        return rows, np.full(len(rows), max(self._tail_col - 1, self.marks.way_start))

    @property
    def _room(self) -> int:
        return max(cells_for(self.snapshot, self.street), 1)

    @property
    def _tail_col(self) -> int:
        """The leftmost column in which somebody stands now; the end of the queue where nobody does."""
        queue = self.street.queue
        count = self.its.waiting(self.snapshot.t_s) if self.pool >= 0 else len(waiting(self.snapshot))
        drawn = min(count, self._room)
        return queue.col + queue.width - -(-drawn // max(queue.height, 1))

    def _lanes(self, rows: Rows) -> Cells:
        trace = self.snapshot.playback.trace
        number = trace.slot[rows, self.pool] if self.pool >= 0 else trace.process[rows]
        lanes: Cells = np.clip(number + self.first_lane, 0, len(self.marks.desk_row) - 1).astype(np.intp)
        return lanes

    def _in_sight(self, place: Place, lanes: Cells) -> Place:
        hidden = (self.marks.desk_row[lanes] < 0) & self.marks.has_desks
        return np.where(hidden, -1, place[0]), place[1]
