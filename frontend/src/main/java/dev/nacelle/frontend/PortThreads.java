package dev.nacelle.frontend;

import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.TryExecutor;

/**
 * The threads of the API's port, as its connector sees them: few and of the platform, as reading, parsing and tokenizing is
 * work for a processor.
 *
 * <p>What follows a response, a look for the connection's next request, is asked for by whoever ended the response. Where
 * that was the request's own virtual thread it gets another one: that runs next on the same carrier, and nobody is woken.
 *
 * @param pool the server's
 */
record PortThreads(QueuedThreadPool pool) implements TryExecutor {
    static PortThreads create(int most) {
        var pool = new QueuedThreadPool(most, 2);
        pool.setName("frontend");
        pool.setDaemon(true);
        var virtual = Thread.ofVirtual().name("frontend-next");
        // Jetty asks the server's pool for this executor wherever a request's own components are asked for theirs.
        pool.setVirtualThreadsExecutor(task -> {
            if (Thread.currentThread().isVirtual()) virtual.start(task);
            else pool.execute(task);
        });
        return new PortThreads(pool);
    }

    @Override
    public boolean tryExecute(Runnable task) {
        return pool.tryExecute(task);
    }

    @Override
    public void execute(Runnable task) {
        pool.execute(task);
    }
}
