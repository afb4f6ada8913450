package dev.nacelle.dynamo.wire;

import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.ModelInput;
import dev.nacelle.spi.request.GenerateRequest;
import java.io.IOException;

/** How frontends and an engine talk about a request: in token ids, or in OpenAI's words for engines that take text. */
public sealed interface RequestFormat {
    /** A request, and who renders its response. */
    record Asked(GenerateRequest request, ResponseWriter writer) {}

    /** The body is no request that could be served. */
    final class BadRequestException extends Exception {
        private static final long serialVersionUID = 1L;

        BadRequestException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The format that a worker's registration and its part in the deployment ask for. */
    static RequestFormat of(EngineConfig config, Disaggregation part) {
        return config.input() == ModelInput.TEXT
                ? new InText(config.modelName())
                : new InTokens(part == Disaggregation.PREFILL);
    }

    /**
     * Reads a request.
     *
     * @throws BadRequestException when the body is none; the message is for the client
     */
    Asked read(byte[] body) throws BadRequestException;

    /** Renders an error that comes before there is a response. */
    default ResponseWriter errorWriter() {
        return new TokensWriter();
    }

    /** Dynamo's preprocessed requests. */
    record InTokens(boolean isPrefill) implements RequestFormat {
        @Override
        public Asked read(byte[] body) throws BadRequestException {
            try {
                return new Asked(TokensRequest.read(body), isPrefill ? new PrefillWriter() : new TokensWriter());
            } catch (IOException e) {
                throw new BadRequestException("the request is no JSON: " + e.getMessage(), e);
            } catch (IllegalArgumentException e) {
                throw new BadRequestException(String.valueOf(e.getMessage()), e);
            }
        }
    }

    /** OpenAI's requests as they came to the frontend, and OpenAI's chunks back. */
    record InText(String model) implements RequestFormat {
        @Override
        public Asked read(byte[] body) throws BadRequestException {
            try {
                return TextRequest.read(body, model);
            } catch (IOException e) {
                throw new BadRequestException("the request is no JSON: " + e.getMessage(), e);
            } catch (IllegalArgumentException e) {
                throw new BadRequestException(String.valueOf(e.getMessage()), e);
            }
        }
    }
}
