package dev.nacelle.template;

import java.util.LinkedHashMap;
import java.util.Map;

/** jinja2's {@code namespace}: the one thing that a template can change. */
final class Namespace {
    final Map<Object, Object> fields = new LinkedHashMap<>();
}
