"""Answers what Python's prometheus_client reads from a page: frames in, frames out, until the input ends.

A frame in is a letter (t: text 0.0.4, o: OpenMetrics), four bytes of length, the page. A frame out is four bytes of
length and UTF-8: every sample on a line, sorted, or the error after an exclamation mark.
"""
import struct
import sys

from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client import parser as text


def canonical(families):
    lines = []
    for family in families:
        for s in family.samples:
            # The text parser adds the suffix to counters that lack it; what is compared is the rest.
            name = s.name[:-6] if s.name.endswith("_total") else s.name
            labels = ",".join("%s=%r" % item for item in sorted(s.labels.items()) if item[1])
            time = "" if s.timestamp is None else " @%.3f" % float(s.timestamp)
            exemplar = ""
            if s.exemplar is not None:
                e = s.exemplar
                exemplar = " # %r %r %s" % (
                    sorted(e.labels.items()), e.value, "" if e.timestamp is None else "%.3f" % float(e.timestamp))
            lines.append("%s{%s} %r%s%s" % (name, labels, float(s.value), time, exemplar))
    lines.sort()
    return "\n".join(lines)


def main():
    read, write = sys.stdin.buffer, sys.stdout.buffer
    while True:
        head = read.read(5)
        if len(head) < 5:
            return
        page = read.read(struct.unpack(">I", head[1:])[0])
        try:
            parser = openmetrics if head[:1] == b"o" else text
            answer = canonical(parser.text_string_to_metric_families(page.decode("utf-8")))
        except Exception as e:  # whatever it is, it is the answer
            answer = "!%s: %s" % (type(e).__name__, e)
        data = answer.encode("utf-8", "backslashreplace")
        write.write(struct.pack(">I", len(data)) + data)
        write.flush()


main()
