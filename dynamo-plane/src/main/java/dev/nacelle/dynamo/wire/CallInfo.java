package dev.nacelle.dynamo.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * How and where a response is wanted.
 *
 * @param id the request's id, printable
 * @param address where to dial; resolved
 * @param subject which of the frontend's requests the dialled connection answers
 * @param sentNanos when the frontend sent the request, in nanoseconds of its own epoch clock
 * @param traceHeaders W3C trace headers
 */
public record CallInfo(
        String id,
        InetSocketAddress address,
        String subject,
        OptionalLong sentNanos,
        Map<String, String> traceHeaders) {
    private static final int TEXT_MAX = 256;

    public CallInfo {
        traceHeaders = Map.copyOf(traceHeaders);
    }

    /** Reads a frame's headers and its envelope's header. @throws MalformedFrameException when they are not as agreed */
    public static CallInfo of(RequestFrame frame) throws MalformedFrameException {
        var call = object("envelope header", frame.call());
        expect(call, "payload_codec", "json");
        expect(call, "response_type", "many_out");
        var connection = call.path("connection_info");
        expect(connection, "transport", "tcp_server");
        JsonNode info;
        try {
            info = Json.MAPPER.readTree(connection.path("info").asText());
        } catch (JsonProcessingException e) {
            throw new MalformedFrameException("connection_info.info is no JSON: " + e.getOriginalMessage());
        }
        var address = text(info, "address");
        int colon = address.lastIndexOf(':');
        if (colon < 1) throw new MalformedFrameException("address '%s', expected host:port".formatted(address));
        var host = address.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) host = host.substring(1, host.length() - 1);
        InetAddress where;
        try {
            where = InetAddress.ofLiteral(host); // nothing from the network makes this process ask a name server
        } catch (IllegalArgumentException e) {
            throw new MalformedFrameException("address '%s', expected an IP address and a port".formatted(address));
        }
        var headers = object("headers", frame.headers());
        return new CallInfo(
                text(call, "id"),
                new InetSocketAddress(where, port(address.substring(colon + 1))),
                text(info, "subject"),
                sent(headers.path("x-frontend-send-ts-ns").asText()),
                trace(headers));
    }

    private static JsonNode object(String what, byte[] bytes) throws MalformedFrameException {
        JsonNode node;
        try {
            node = bytes.length == 0 ? Json.MAPPER.createObjectNode() : Json.MAPPER.readTree(bytes);
        } catch (IOException e) {
            throw new MalformedFrameException("the %s are no JSON: %s".formatted(what, e.getMessage()));
        }
        if (!node.isObject()) throw new MalformedFrameException("the %s are no JSON object".formatted(what));
        return node;
    }

    private static void expect(JsonNode node, String field, String value) throws MalformedFrameException {
        if (!node.path(field).asText().equals(value))
            throw new MalformedFrameException(
                    "%s '%s', expected '%s'".formatted(field, node.path(field).asText(), value));
    }

    private static String text(JsonNode node, String field) throws MalformedFrameException {
        var text = node.path(field).asText();
        boolean printable = text.chars().allMatch(c -> c > ' ' && c < 0x7F);
        if (text.isEmpty() || text.length() > TEXT_MAX || !printable)
            throw new MalformedFrameException(
                    "%s of %d characters, expected 1 to %d printable ones".formatted(field, text.length(), TEXT_MAX));
        return text;
    }

    private static int port(String text) throws MalformedFrameException {
        try {
            int port = Integer.parseInt(text);
            if (port > 0 && port < 1 << 16) return port;
        } catch (NumberFormatException e) {
            // said below, as for a number that is no port
        }
        throw new MalformedFrameException("port '%s', expected 1 to 65535".formatted(text));
    }

    private static OptionalLong sent(String text) {
        try {
            return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return OptionalLong.empty(); // it is only measured by
        }
    }

    private static Map<String, String> trace(JsonNode headers) {
        var trace = new LinkedHashMap<String, String>();
        for (var name : new String[] {"traceparent", "tracestate"}) {
            var value = headers.path(name).asText();
            if (!value.isEmpty()) trace.put(name, value);
        }
        return trace;
    }
}
