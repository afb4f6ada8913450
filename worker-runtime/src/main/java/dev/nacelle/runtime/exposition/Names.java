package dev.nacelle.runtime.exposition;

/** Which names the text formats can write without quotes. */
final class Names {
    private Names() {}

    static boolean isLegacyMetric(String name) {
        return isLegacy(name, true);
    }

    static boolean isLegacyLabel(String name) {
        return isLegacy(name, false);
    }

    private static boolean isLegacy(String name, boolean colons) {
        if (name.isEmpty() || !isNameStart(name.charAt(0), colons)) return false;
        for (int i = 1; i < name.length(); i++) if (!isNamePart(name.charAt(i), colons)) return false;
        return true;
    }

    static boolean isNameStart(int c, boolean colons) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (colons && c == ':');
    }

    static boolean isNamePart(int c, boolean colons) {
        return isNameStart(c, colons) || (c >= '0' && c <= '9');
    }
}
