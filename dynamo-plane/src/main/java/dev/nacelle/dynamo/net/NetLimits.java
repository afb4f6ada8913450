package dev.nacelle.dynamo.net;

import java.time.Duration;

/**
 * What the network may ask of this process.
 *
 * @param frameBytes of one request, its envelope
 * @param bufferedBytes of all requests that are being received
 * @param connections that bring requests, at once
 * @param frameTime from a request's first byte to its last
 * @param dialTime for the connection that a response goes over
 * @param stallTime how long a frontend may go without reading what waits to be written
 * @param lingerTime how long a frontend may take to close a connection whose response is complete
 */
public record NetLimits(
        int frameBytes,
        long bufferedBytes,
        int connections,
        Duration frameTime,
        Duration dialTime,
        Duration stallTime,
        Duration lingerTime) {}
