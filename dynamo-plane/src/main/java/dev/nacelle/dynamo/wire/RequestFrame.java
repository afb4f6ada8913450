package dev.nacelle.dynamo.wire;

/**
 * One request as it came in, still undecoded.
 *
 * @param path which instance it is for: what that instance's registration has behind host and port
 * @param headers a JSON object of strings
 * @param call the envelope's header: how and where the response is wanted
 * @param body the request itself
 * @param size bytes of the whole frame
 */
@SuppressWarnings("ArrayRecordComponent") // handed from the reader to one decoder, never compared
public record RequestFrame(String path, byte[] headers, byte[] call, byte[] body, int size) {}
