package dev.nacelle.benchmarks.python;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** CPU time and memory of this process and its children. */
final class Cpu {
    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private Cpu() {}

    /** Nanoseconds, of this process and of the children that run. */
    static long nanos() {
        return SYSTEM.getProcessCpuTime()
                + ProcessHandle.current()
                        .children()
                        .mapToLong(child -> child.info()
                                .totalCpuDuration()
                                .orElse(Duration.ZERO)
                                .toNanos())
                        .sum();
    }

    /** Resident megabytes of this process after a collection, and of its children. */
    static double residentMegabytes() throws IOException {
        System.gc();
        double sum = resident(ProcessHandle.current());
        for (var child : ProcessHandle.current().children().toList()) sum += resident(child);
        return sum;
    }

    private static double resident(ProcessHandle process) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
                .findFirst()
                .orElse(0);
    }
}
