package dev.nacelle.frontend;

import dev.nacelle.frontend.model.ModelCatalog;
import dev.nacelle.frontend.stream.PeerWatch;

/** Keeps the models' readiness on the scrape page up to date. */
record ReadinessWatch(ModelCatalog catalog, ModelGauges gauges) implements PeerWatch.Watched {
    @Override
    public void tick() {
        catalog.models().forEach(gauges::ready);
    }
}
