# Sourced by ./nacelle and ./dev: where a JDK 25 or newer lives.

readonly NACELLE_JDK_MIN=25

# Prints the major version of the JDK in folder $1; nothing when there is none.
nacelle_jdk_major() {
    [ -x "$1/bin/javac" ] || return 0
    local version
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null)
    [ -n "$version" ] || version=$("$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
    printf '%s' "$version"
}

# Prints the first JDK folder that is new enough: JAVA_HOME, PATH, then the usual install folders.
nacelle_java_home() {
    local candidate major on_path
    on_path=$(command -v javac || true)
    [ -z "$on_path" ] || on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
    for candidate in "${JAVA_HOME:-}" "$on_path" \
        /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        [ -n "$candidate" ] || continue
        major=$(nacelle_jdk_major "$candidate")
        if [ -n "$major" ] && [ "$major" -ge "$NACELLE_JDK_MIN" ]; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    echo "Nacelle needs a JDK $NACELLE_JDK_MIN or newer, and found none in JAVA_HOME, on PATH or in the usual folders." >&2
    echo "Install one (for example Eclipse Temurin $NACELLE_JDK_MIN) and set JAVA_HOME to its folder." >&2
    return 1
}
