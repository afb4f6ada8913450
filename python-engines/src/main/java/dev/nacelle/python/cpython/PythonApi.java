package dev.nacelle.python.cpython;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * The functions of CPython's C API that embedding takes; all of them exist, and mean the same, from 3.9 to 3.14. Whoever
 * calls one holds the GIL, except where it says otherwise.
 */
@SuppressWarnings("restricted") // foreign code is what this is about
final class PythonApi {
    /** More than {@code PyConfig} takes in any version, none of whose fields this code knows. */
    private static final long CONFIG_BYTES = 16_384;

    private static final StructLayout STATUS = MemoryLayout.structLayout(
            JAVA_INT.withName("type"),
            MemoryLayout.paddingLayout(4),
            ADDRESS.withName("function"),
            ADDRESS.withName("message"),
            JAVA_INT.withName("exit_code"),
            MemoryLayout.paddingLayout(4));
    private static final StructLayout METHOD = MemoryLayout.structLayout(
            ADDRESS.withName("name"),
            ADDRESS.withName("function"),
            JAVA_INT.withName("flags"),
            MemoryLayout.paddingLayout(4),
            ADDRESS.withName("doc"));
    private static final int METH_NOARGS = 0x4;
    private static final int METH_O = 0x8;
    private static final FunctionDescriptor CFUNCTION = FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS);

    private final MemorySegment library;
    private final MemorySegment none;
    private final MethodHandle bytesAsString;
    private final MethodHandle bytesSize;
    private final MethodHandle bytesFromString;
    private final MethodHandle incRef;
    private final MethodHandle runString;
    private final MethodHandle saveThread;
    private final MethodHandle restoreThread;
    private final MethodHandle ensureGil;
    private final MethodHandle releaseGil;
    private final MethodHandle newFunction;
    private final MethodHandle addModule;
    private final MethodHandle moduleDict;
    private final MethodHandle setItem;

    /** Loads it. @throws UnsatisfiedLinkError when that fails, or what it loads is no such library */
    PythonApi(Path file) {
        library = Native.load(file);
        none = Native.symbol(library, "_Py_NoneStruct").orElseThrow(() -> new UnsatisfiedLinkError("_Py_NoneStruct"));
        // Short, and back in Java never: so without the cost of a thread's transition.
        var shortCall = Linker.Option.critical(false);
        bytesAsString = find("PyBytes_AsString", FunctionDescriptor.of(ADDRESS, ADDRESS), shortCall);
        bytesSize = find("PyBytes_Size", FunctionDescriptor.of(JAVA_LONG, ADDRESS), shortCall);
        incRef = find("Py_IncRef", FunctionDescriptor.ofVoid(ADDRESS), shortCall);
        bytesFromString = find("PyBytes_FromStringAndSize", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG));
        runString = find("PyRun_SimpleString", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        saveThread = find("PyEval_SaveThread", FunctionDescriptor.of(ADDRESS));
        restoreThread = find("PyEval_RestoreThread", FunctionDescriptor.ofVoid(ADDRESS));
        ensureGil = find("PyGILState_Ensure", FunctionDescriptor.of(JAVA_INT));
        releaseGil = find("PyGILState_Release", FunctionDescriptor.ofVoid(JAVA_INT));
        newFunction = find("PyCFunction_NewEx", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS));
        addModule = find("PyImport_AddModule", FunctionDescriptor.of(ADDRESS, ADDRESS));
        moduleDict = find("PyModule_GetDict", FunctionDescriptor.of(ADDRESS, ADDRESS));
        setItem = find("PyDict_SetItemString", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
    }

    /**
     * Initialises the interpreter, whose main thread the current one becomes, with the GIL. Once in a process.
     *
     * @param executable argv[0], from which prefix, site-packages and {@code sys.executable} follow
     * @throws IllegalStateException when it does not initialise; the message is Python's
     */
    void initialize(Path executable) {
        try (var arena = Arena.ofConfined()) {
            var config = arena.allocate(CONFIG_BYTES, 16);
            find("PyConfig_InitIsolatedConfig", FunctionDescriptor.ofVoid(ADDRESS))
                    .invokeExact(config);
            var argv = arena.allocate(ADDRESS, 1);
            argv.set(ADDRESS, 0, arena.allocateFrom(executable.toString()));
            check((MemorySegment)
                    find("PyConfig_SetBytesArgv", FunctionDescriptor.of(STATUS, ADDRESS, JAVA_LONG, ADDRESS))
                            .invokeExact((SegmentAllocator) arena, config, 1L, argv));
            check((MemorySegment) find("Py_InitializeFromConfig", FunctionDescriptor.of(STATUS, ADDRESS))
                    .invokeExact((SegmentAllocator) arena, config));
            find("PyConfig_Clear", FunctionDescriptor.ofVoid(ADDRESS)).invokeExact(config);
        } catch (IllegalStateException | UnsatisfiedLinkError e) {
            throw e;
        } catch (Throwable e) {
            throw Native.impossible(e);
        }
    }

    private static void check(MemorySegment status) {
        if (status.get(JAVA_INT, 0) == 0) return;
        long message = STATUS.byteOffset(MemoryLayout.PathElement.groupElement("message"));
        throw new IllegalStateException("Python did not initialise: " + Native.text(status.get(ADDRESS, message)));
    }

    /** Runs code in {@code __main__}. @return false when it raised; a SystemExit in it would end the process */
    boolean run(String code) {
        try (var arena = Arena.ofConfined()) {
            return (int) runString.invokeExact(arena.allocateFrom(code)) == 0;
        } catch (Throwable e) {
            throw Native.impossible(e);
        }
    }

    /** Lets go of the GIL. @return what {@link #restoreThread} takes */
    MemorySegment saveThread() {
        try {
            return (MemorySegment) saveThread.invokeExact();
        } catch (Throwable e) {
            throw Native.impossible(e);
        }
    }

    void restoreThread(MemorySegment state) {
        try {
            restoreThread.invokeExact(state);
        } catch (Throwable e) {
            throw Native.impossible(e);
        }
    }

    /** Takes the GIL on a thread that Python need not know. @return what {@link #releaseGil} takes */
    int ensureGil() {
        try {
            return (int) ensureGil.invokeExact();
        } catch (Throwable e) {
            throw Native.impossible(e);
        }
    }

    void releaseGil(int state) {
        try {
            releaseGil.invokeExact(state);
        } catch (Throwable e) {
            throw Native.impossible(e);
        }
    }

    /** A copy of a {@code bytes} object. */
    byte[] bytes(MemorySegment object) {
        try {
            long size = (long) bytesSize.invokeExact(object);
            var start = (MemorySegment) bytesAsString.invokeExact(object);
            return start.reinterpret(size).toArray(JAVA_BYTE);
        } catch (Throwable e) {
            throw Native.impossible(e);
        }
    }

    /** A new {@code bytes} object, the caller's. */
    MemorySegment bytes(byte[] content, int length) {
        try (var arena = Arena.ofConfined()) {
            var copy = arena.allocate(Math.max(1, length));
            MemorySegment.copy(content, 0, copy, JAVA_BYTE, 0, length);
            return (MemorySegment) bytesFromString.invokeExact(copy, (long) length);
        } catch (Throwable e) {
            throw Native.impossible(e);
        }
    }

    /** A new reference to None, which is counted like any other object before 3.12. */
    MemorySegment none() {
        try {
            incRef.invokeExact(none);
            return none;
        } catch (Throwable e) {
            throw Native.impossible(e);
        }
    }

    /**
     * Puts a function into {@code __main__} that calls Java.
     *
     * @param target takes two pointers, the second the argument, and returns a new reference; must never throw
     * @param takesArgument whether Python calls it with one argument or with none
     */
    void define(String name, MethodHandle target, boolean takesArgument) {
        // All of it lives as long as the process: Python may hold the function for as long.
        var arena = Arena.global();
        var method = arena.allocate(METHOD);
        method.set(ADDRESS, 0, arena.allocateFrom(name));
        method.set(ADDRESS, ADDRESS.byteSize(), Native.LINKER.upcallStub(target, CFUNCTION, arena));
        method.set(JAVA_INT, 2 * ADDRESS.byteSize(), takesArgument ? METH_O : METH_NOARGS);
        try {
            var function = (MemorySegment) newFunction.invokeExact(method, MemorySegment.NULL, MemorySegment.NULL);
            var main = (MemorySegment) addModule.invokeExact(arena.allocateFrom("__main__"));
            var dict = (MemorySegment) moduleDict.invokeExact(main);
            if ((int) setItem.invokeExact(dict, arena.allocateFrom(name), function) != 0)
                throw new IllegalStateException("Python took no function " + name);
        } catch (IllegalStateException e) {
            throw e;
        } catch (Throwable e) {
            throw Native.impossible(e);
        }
    }

    private MethodHandle find(String name, FunctionDescriptor type, Linker.Option... options) {
        var symbol = Native.symbol(library, name).orElseThrow(() -> new UnsatisfiedLinkError(name));
        return Native.LINKER.downcallHandle(symbol, type, options);
    }
}
