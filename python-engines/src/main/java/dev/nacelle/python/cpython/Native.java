package dev.nacelle.python.cpython;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Optional;

/** The C library's functions that this package calls, and loading another library for all to see. */
@SuppressWarnings("restricted") // foreign code is what this is about
final class Native {
    static final Linker LINKER = Linker.nativeLinker();
    /** The text of an error message ends somewhere in here. */
    static final long TEXT_MAX = 4096;

    private static final SymbolLookup C = LINKER.defaultLookup();
    private static final int RTLD_NOW_GLOBAL = 0x102;
    private static final int LC_CTYPE = 0;

    private static final MethodHandle DLOPEN = c("dlopen", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
    private static final MethodHandle DLSYM = c("dlsym", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle DLERROR = c("dlerror", FunctionDescriptor.of(ADDRESS));
    private static final MethodHandle PIPE = c("pipe", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle WRITE =
            c("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle CLOSE = c("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle SETLOCALE = c("setlocale", FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS));
    private static final MemorySegment ONE_BYTE = Arena.global().allocate(1);

    private Native() {}

    /** A foreign call that threw: what declares {@code Throwable} cannot. */
    static AssertionError impossible(Throwable e) {
        return new AssertionError("a foreign call threw", e);
    }

    /**
     * Loads a library so that libraries loaded later find its symbols, as extension modules do.
     *
     * @throws UnsatisfiedLinkError when it cannot be loaded; the message is the system's
     */
    static MemorySegment load(Path library) {
        try (var arena = Arena.ofConfined()) {
            var handle = (MemorySegment) DLOPEN.invokeExact(arena.allocateFrom(library.toString()), RTLD_NOW_GLOBAL);
            if (handle.address() != 0) return handle;
            var message = (MemorySegment) DLERROR.invokeExact();
            throw new UnsatisfiedLinkError(text(message));
        } catch (UnsatisfiedLinkError e) {
            throw e;
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static Optional<MemorySegment> symbol(MemorySegment library, String name) {
        try (var arena = Arena.ofConfined()) {
            var found = (MemorySegment) DLSYM.invokeExact(library, arena.allocateFrom(name));
            return found.address() == 0 ? Optional.empty() : Optional.of(found);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** A C string; empty for NULL. */
    static String text(MemorySegment pointer) {
        return pointer.address() == 0 ? "" : pointer.reinterpret(TEXT_MAX).getString(0);
    }

    /** In a locale without UTF-8 Python could not name most files. */
    static void makeLocaleUtf8() {
        try (var arena = Arena.ofConfined()) {
            var now = text((MemorySegment) SETLOCALE.invokeExact(LC_CTYPE, MemorySegment.NULL));
            if (now.equals("C") || now.equals("POSIX")) {
                var _ = (MemorySegment) SETLOCALE.invokeExact(LC_CTYPE, arena.allocateFrom("C.UTF-8"));
            }
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** The two ends of a new pipe: the one to read, the one to write. */
    static int[] pipe() {
        try (var arena = Arena.ofConfined()) {
            var ends = arena.allocate(JAVA_INT, 2);
            if ((int) PIPE.invokeExact(ends) != 0)
                throw new IllegalStateException("the system gave no pipe: too many open files?");
            return new int[] {ends.getAtIndex(JAVA_INT, 0), ends.getAtIndex(JAVA_INT, 1)};
        } catch (IllegalStateException e) {
            throw e;
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static void writeByte(int descriptor) {
        try {
            var _ = (long) WRITE.invokeExact(descriptor, ONE_BYTE, 1L);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static void close(int descriptor) {
        try {
            var _ = (int) CLOSE.invokeExact(descriptor);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    private static MethodHandle c(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(C.find(name).orElseThrow(() -> new UnsatisfiedLinkError(name)), type);
    }
}
