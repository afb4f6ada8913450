package dev.nacelle.runtime.exposition;

import io.prometheus.metrics.exporter.servlet.jakarta.PrometheusMetricsServlet;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

/** Answers a scrape: the text formats by our writer, protobuf by the client library's servlet. */
final class ScrapeServlet extends HttpServlet {
    private static final long serialVersionUID = 1;
    /** Below this a page is sent as it is. */
    private static final int LEAST_TO_COMPRESS = 1024;

    private final transient ScrapePage page;
    private final transient PrometheusMetricsServlet protobuf;

    ScrapeServlet(ScrapePage page) {
        this.page = page;
        this.protobuf = new PrometheusMetricsServlet(new MergedRegistry(page));
    }

    @Override
    protected void doHead(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        answer(request, response, false);
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        answer(request, response, true);
    }

    private void answer(HttpServletRequest request, HttpServletResponse response, boolean withBody)
            throws ServletException, IOException {
        Negotiation asked = Negotiation.of(header(request, "Accept"));
        response.setHeader("Vary", "Accept, Accept-Encoding");
        if (asked.kind() == Negotiation.Kind.PROTOBUF) {
            protobuf.service(new Asking(request, asked.contentType()), response);
            return;
        }
        String[] names = request.getParameterValues("name[]");
        NameFilter filter = names == null ? NameFilter.ALL : new NameFilter(Set.copyOf(List.of(names)));
        PageBuffer text = page.write(asked.dialect(), filter);
        try {
            response.setContentType(asked.contentType());
            if (text.size() >= LEAST_TO_COMPRESS && acceptsGzip(request)) {
                response.setHeader("Content-Encoding", "gzip");
                if (withBody)
                    try (OutputStream out = new GZIPOutputStream(response.getOutputStream(), 1 << 13)) {
                        text.writeTo(out);
                    }
            } else {
                response.setContentLength(text.size());
                if (withBody) text.writeTo(response.getOutputStream());
            }
        } finally {
            page.release(text);
        }
    }

    /** A request for one format: the library reads of a list that has several what is none's. */
    private static final class Asking extends HttpServletRequestWrapper {
        private final String accept;

        Asking(HttpServletRequest request, String accept) {
            super(request);
            this.accept = accept;
        }

        @Override
        public Enumeration<String> getHeaders(String name) {
            return name.equalsIgnoreCase("Accept") ? Collections.enumeration(List.of(accept)) : super.getHeaders(name);
        }

        @Override
        public String getHeader(String name) {
            return name.equalsIgnoreCase("Accept") ? accept : super.getHeader(name);
        }
    }

    private static boolean acceptsGzip(HttpServletRequest request) {
        for (String coding : header(request, "Accept-Encoding").split(",", 32)) {
            String[] parts = coding.replace(" ", "").split(";", 2);
            if (parts[0].equalsIgnoreCase("gzip") && (parts.length == 1 || !parts[1].matches("q=0(\\.0*)?")))
                return true;
        }
        return false;
    }

    private static String header(HttpServletRequest request, String name) {
        StringBuilder all = new StringBuilder();
        for (Enumeration<String> values = request.getHeaders(name); values.hasMoreElements(); )
            all.append(all.isEmpty() ? "" : ",").append(values.nextElement());
        return all.toString();
    }
}
