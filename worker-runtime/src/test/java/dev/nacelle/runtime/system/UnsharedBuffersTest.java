package dev.nacelle.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.eclipse.jetty.io.ByteBufferPool;
import org.junit.jupiter.api.Test;

class UnsharedBuffersTest {
    @Test
    void nobodyGetsABufferThatSomebodyElseHad() {
        ByteBufferPool buffers = new UnsharedBuffers();
        ByteBuffer first = released(buffers);
        assertThat(released(buffers)).isNotSameAs(first);
    }

    private static ByteBuffer released(ByteBufferPool buffers) {
        var buffer = buffers.acquire(8192, true);
        assertThat(buffer.isDirect()).isFalse();
        assertThat(buffer.capacity()).isGreaterThanOrEqualTo(8192);
        var bytes = buffer.getByteBuffer();
        buffer.release();
        return bytes;
    }
}
