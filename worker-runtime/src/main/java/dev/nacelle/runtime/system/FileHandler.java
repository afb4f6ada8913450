package dev.nacelle.runtime.system;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Map;
import java.util.Objects;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Serves the files of the board; everything else is not there. */
final class FileHandler extends Handler.Abstract {
    private final FileBoard files;

    FileHandler(FileBoard files) {
        this.files = files;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        var file = files.at(Objects.requireNonNullElse(request.getHttpURI().getDecodedPath(), ""));
        if (file.isEmpty())
            return JsonReply.send(
                    response,
                    callback,
                    404,
                    Map.of(
                            "status",
                            "error",
                            "message",
                            "no such page; this port serves /metrics, /health, /ready, /live, /router,"
                                    + " /engine/control/{name} and /engine/update/{name}"));
        if (JsonReply.refuseMethod(request, response, callback, "GET", "HEAD")) return true;
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file.get());
        } catch (IOException e) {
            return JsonReply.error(response, callback, 500, "the file cannot be read: " + e.getMessage());
        }
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/octet-stream");
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
        response.write(true, ByteBuffer.wrap(bytes), callback);
        return true;
    }
}
