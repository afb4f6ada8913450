package dev.nacelle.dynamo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** NVIDIA's own Dynamo 1.6.1 from PyPI: a frontend on loopback, and simulated workers of its own when asked for. */
final class Dynamo implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final String TEMPLATE = "{% for message in messages %}{{ message['content'] }}\n{% endfor %}";

    private final Path python;
    private final Path folder;
    private final Map<String, String> variables;
    private final List<Process> processes = new ArrayList<>();
    private final int port;
    final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private Dynamo(Path python, Path folder, Map<String, String> variables, int port) {
        this.python = python;
        this.folder = folder;
        this.variables = variables;
        this.port = port;
    }

    /** Its Python; skips the test where it cannot be installed. */
    static Path python() throws IOException, InterruptedException {
        var log = Files.createDirectories(Path.of("target")).resolve("dynamo-install.log");
        var install = new ProcessBuilder(script().toString(), "install")
                .redirectError(log.toFile())
                .start();
        var said = new String(install.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        boolean done = install.waitFor(10, TimeUnit.MINUTES) && install.exitValue() == 0;
        Needs.orSkip(done, "Dynamo 1.6.1 cannot be installed here; dynamo-plane/%s says why".formatted(log));
        return Path.of(said.strip());
    }

    static Path script() {
        return Path.of("..", "benchmarks", "peers", "dynamo").toAbsolutePath().normalize();
    }

    /** A frontend that finds workers in a folder of its own. */
    static Dynamo frontend(String... arguments) throws IOException, InterruptedException {
        return start(Map.of(), arguments);
    }

    /** @param variables further ones of the environment, such as where an etcd is */
    static Dynamo start(Map<String, String> variables, String... arguments) throws IOException, InterruptedException {
        var python = python();
        var dynamo = new Dynamo(python, Files.createTempDirectory("dynamo"), variables, freePort());
        Files.createDirectories(dynamo.root());
        var command = new ArrayList<>(
                List.of("dynamo.frontend", "--http-host", "127.0.0.1", "--http-port", Integer.toString(dynamo.port)));
        command.addAll(Arrays.asList(arguments));
        try {
            var frontend = dynamo.run("frontend", command);
            Await.until("the frontend's start", () -> dynamo.isServing(frontend));
            return dynamo;
        } catch (Throwable e) {
            dynamo.close();
            throw e;
        }
    }

    private boolean isServing(Process frontend) {
        if (!frontend.isAlive()) throw new AssertionError("the frontend ended: " + log("frontend"));
        try {
            return models() != null;
        } catch (IOException e) {
            return false;
        }
    }

    /** A worker of its own that simulates an engine. */
    Process mocker(String model, Path modelFolder, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(
                "dynamo.mocker", "--model-path", modelFolder.toString(), "--model-name", model, "--block-size", "64"));
        command.addAll(Arrays.asList(arguments));
        return run("mocker", command);
    }

    /** Runs one of the modules of its Python; its output is in {@link #log}. */
    Process run(String name, List<String> module) throws IOException {
        var command = new ArrayList<>(List.of(python.toString(), "-m"));
        command.addAll(module);
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile());
        var environment = builder.environment();
        environment.putAll(Map.of(
                "HOME", Files.createDirectories(folder.resolve("home")).toString(),
                "HF_HUB_OFFLINE", "1",
                "DYN_FILE_KV", root().toString(),
                "DYN_DISCOVERY_BACKEND", "file",
                "DYN_REQUEST_PLANE", "tcp",
                "DYN_EVENT_PLANE", "zmq"));
        for (var host :
                List.of("DYN_SYSTEM_HOST", "DYN_TCP_RPC_HOST", "DYN_TCP_RESPONSE_STREAM_HOST", "DYN_EVENT_PLANE_HOST"))
            environment.put(host, "127.0.0.1");
        environment.put("DYN_SYSTEM_PORT", Integer.toString(systemPort()));
        environment.putAll(variables);
        var process = builder.start();
        processes.add(process);
        return process;
    }

    Path python(String module) throws IOException, InterruptedException {
        if (run(python, "-c", "import " + module) != 0)
            Needs.orSkip(
                    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", module) == 0,
                    module + " cannot be installed here");
        return python;
    }

    private static int run(Path python, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(python.toString()));
        command.addAll(Arrays.asList(arguments));
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    /** Where its processes and ours find each other. */
    Path root() {
        return folder.resolve("kv");
    }

    URI api() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** The names that the frontend serves. */
    List<String> models() throws IOException {
        var names = new ArrayList<String>();
        get("/v1/models")
                .path("data")
                .forEach(model -> names.add(model.path("id").asText()));
        return names;
    }

    void awaitModel(String name) {
        Await.until("model " + name, () -> {
            try {
                return models().contains(name);
            } catch (IOException e) {
                throw new UncheckedIOException(log("frontend"), e);
            }
        });
    }

    JsonNode get(String path) throws IOException {
        try {
            var answer = http.send(
                    HttpRequest.newBuilder(api().resolve(path))
                            .timeout(Duration.ofSeconds(10))
                            .build(),
                    BodyHandlers.ofString());
            return JSON.readTree(answer.body());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    HttpRequest.Builder post(String path, String body) {
        return HttpRequest.newBuilder(api().resolve(path))
                .timeout(Duration.ofSeconds(60))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    /** A chat of one message; {@code more} are further fields of the body. */
    static String chat(String model, String more) {
        return "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"hello there world\"}]%s}"
                .formatted(model, more);
    }

    HttpResponse<String> send(String model, String more) throws IOException, InterruptedException {
        return http.send(post("/v1/chat/completions", chat(model, more)).build(), BodyHandlers.ofString());
    }

    String log(String name) {
        try {
            return Files.readString(folder.resolve(name + ".log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** A model's folder with the chat template that frontends insist on. */
    static Path model(Path copyTo) throws IOException {
        var model = Path.of("..", "examples", "models", "austen-1.7m");
        Files.createDirectories(copyTo);
        for (var name : List.of("config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"))
            Files.copy(model.resolve(name), copyTo.resolve(name));
        var config = copyTo.resolve("tokenizer_config.json");
        var json = (ObjectNode) JSON.readTree(config.toFile());
        json.put("chat_template", TEMPLATE);
        Files.writeString(config, json.toString(), StandardOpenOption.TRUNCATE_EXISTING);
        return copyTo;
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Below 32768: it reads 16 signed bits. */
    private static int systemPort() throws IOException {
        for (int port = 20_000 + (int) (ProcessHandle.current().pid() % 5000); port < 32_768; port++)
            try (var socket = new ServerSocket(port)) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // taken: the next
            }
        throw new IOException("no port below 32768 is free");
    }

    @Override
    public void close() throws IOException {
        http.shutdownNow();
        for (var process : processes.reversed()) {
            process.toHandle().descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().onExit().join();
        }
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        }
    }
}
