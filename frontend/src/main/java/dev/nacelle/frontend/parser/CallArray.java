package dev.nacelle.frontend.parser;

/** Reads calls written as an array of {@link CallObject}s. */
final class CallArray {
    private final StringBuilder raw = new StringBuilder(); // until the first call is known
    private CallObject call = new CallObject(_ -> true);
    private boolean begun;
    private boolean inCall;
    private boolean named;

    /** What was read, when it is no array of calls. */
    CharSequence raw() {
        return raw;
    }

    boolean isNamed() {
        return named;
    }

    CallObject.Progress accept(char c, PartBuffer parts, OutputParts out) {
        if (!named) raw.append(c);
        if (!inCall) return between(c, parts, out);
        var progress = call.accept(c, parts, out);
        if (call.isNamed() && !named) {
            named = true;
            raw.setLength(0);
        }
        return switch (progress) {
            case MORE -> progress;
            case DONE -> {
                inCall = false;
                yield CallObject.Progress.MORE;
            }
            case BROKEN -> {
                if (named && !call.isNamed()) raw.append(call.raw());
                yield progress;
            }
        };
    }

    private CallObject.Progress between(char c, PartBuffer parts, OutputParts out) {
        if (JsonText.isSpace(c)) return CallObject.Progress.MORE;
        if (!begun) {
            begun = true;
            return c == '[' ? CallObject.Progress.MORE : CallObject.Progress.BROKEN;
        }
        if (c == ']') return CallObject.Progress.DONE;
        if (c == ',') return CallObject.Progress.MORE;
        if (c != '{') return brokenAt(c);
        inCall = true;
        call = new CallObject(_ -> true);
        return call.accept(c, parts, out);
    }

    private CallObject.Progress brokenAt(char c) {
        if (named) raw.append(c);
        return CallObject.Progress.BROKEN;
    }

    /** What of a call was read that cannot be told to be one any more, at the output's end. */
    CharSequence rest() {
        return !named ? raw : inCall && !call.isNamed() ? call.raw() : "";
    }
}
