package dev.nacelle.frontend.admission;

import dev.nacelle.spi.config.Setting;
import java.time.Duration;

/**
 * The {@code frontend.admission} section: how much is worked on at a time. Can be changed while the process runs, by
 * {@code POST /engine/update/admission} on the system port.
 */
public record AdmissionConfig(
        @Setting(value = "Requests that are worked on at a time; further ones wait", byDefault = "4096", min = 1)
        int requests,

        @Setting(
                value = "Requests that may wait for a place; further ones get 429",
                byDefault = "1024",
                min = 0,
                max = 1048576)
        int queue,

        @Setting(
                value = "How long a request may wait for a place before it gets 429",
                byDefault = "10s",
                min = 0.001,
                max = 3600)
        Duration queueTimeout,

        @Setting(
                value =
                        "Tokens that the prompts of all requests under way may have together; a request beyond gets 429,"
                                + " unless it is the only one. 0 does not bound them",
                byDefault = "0",
                min = 0)
        long promptTokens) {}
