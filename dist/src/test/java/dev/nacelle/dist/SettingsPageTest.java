package dev.nacelle.dist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.config.SettingsTable;
import dev.nacelle.runtime.engine.EngineCatalog;
import dev.nacelle.runtime.host.HostConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The settings in docs/configuration.md are those that there are; {@code -Ddocs.update=true} writes them anew. */
class SettingsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");
    private static final String BEGIN = "<!-- settings: begin -->\n";
    private static final String END = "<!-- settings: end -->\n";

    @Test
    void thePageListsEverySetting() throws Exception {
        var page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);
        if (Boolean.getBoolean("docs.update"))
            Files.writeString(PAGE, page.substring(0, begin) + settings() + page.substring(end));
        else assertThat(page.substring(begin, end)).isEqualTo(settings());
    }

    private static String settings() throws Exception {
        var text = new StringBuilder(SettingsTable.markdown(HostConfig.parts(HostConfig.availableRoles())));
        try (var engines = EngineCatalog.load(List.of())) {
            for (var engine : engines.entries()) {
                if (engine.name().equals("metered")) continue; // these tests' own
                text.append("\nOptions of the engine `%s`:\n\n".formatted(engine.name()))
                        .append(SettingsTable.markdown("workers[].options.", engine.optionsType()));
            }
        }
        return text.toString();
    }
}
