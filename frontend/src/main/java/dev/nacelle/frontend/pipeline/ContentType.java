package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.api.ApiError;
import dev.nacelle.frontend.api.ApiException;
import java.util.Locale;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/**
 * What kind of body is taken: JSON as it is. Other types are not passed over: a browser's form of another site can send
 * those without asking, and a body that is compressed is no JSON.
 */
final class ContentType {
    private ContentType() {}

    /** Refuses a body that is not JSON; one of no type at all is taken for it. */
    static void check(Request request) throws ApiException {
        var encoding = request.getHeaders().get(HttpHeader.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity"))
            throw refused("content-encoding: found '%s', expected none".formatted(shown(encoding)));
        var type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        if (type != null && !isJson(type))
            throw refused("content-type: found '%s', expected application/json".formatted(shown(type)));
    }

    private static boolean isJson(String type) {
        int parameters = type.indexOf(';');
        var bare =
                (parameters < 0 ? type : type.substring(0, parameters)).strip().toLowerCase(Locale.ROOT);
        return bare.equals("application/json") || (bare.startsWith("application/") && bare.endsWith("+json"));
    }

    private static String shown(String value) {
        return value.length() <= 60 ? value : value.substring(0, 60) + "…";
    }

    private static ApiException refused(String message) {
        return new ApiException(ApiError.refused(415, "unsupported_media_type", message));
    }
}
