package dev.nacelle.frontend.router;

import dev.nacelle.routing.Rank;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@code GET /router} shows: for each model its pools, workers and ranks, and the last decisions. */
final class RouterPage {
    private RouterPage() {}

    static Map<String, Object> of(RouterConfig config, String routerId, Collection<ModelPools> models) {
        var page = new LinkedHashMap<String, Object>();
        page.put("router_id", routerId);
        page.put("mode", RouteHints.label(config.mode()));
        page.put("models", models.stream().map(RouterPage::model).toList());
        return page;
    }

    private static Map<String, Object> model(ModelPools model) {
        var shown = new LinkedHashMap<String, Object>();
        shown.put("model", model.model());
        shown.put("pools", model.pools().stream().map(RouterPage::pool).toList());
        shown.put("decisions", model.decisions().shown());
        return shown;
    }

    private static Map<String, Object> pool(LivePool pool) {
        var index = pool.pool().index().stats();
        var shown = new LinkedHashMap<String, Object>();
        shown.put("worker_type", pool.type().label());
        shown.put("block_size", pool.pool().hasher().blockSize());
        shown.put("waiting", pool.waiting().size());
        shown.put(
                "index",
                Map.of(
                        "blocks", index.nodes(),
                        "held", index.held(),
                        "bytes", index.bytes(),
                        "orphans", index.orphans(),
                        "forgotten", index.forgotten()));
        var workers = new ArrayList<Map<String, Object>>();
        for (var member : pool.members()) workers.add(worker(pool, member));
        shown.put("workers", workers);
        return shown;
    }

    private static Map<String, Object> worker(LivePool pool, Member member) {
        var card = member.instance().card();
        var shown = new LinkedHashMap<String, Object>();
        shown.put("worker", card.instanceHex());
        shown.put("component", card.component());
        shown.put("ready", member.instance().isReady());
        shown.put("rebuilt", member.rebuilt());
        var whole = pool.pool().load(member.worker().whole());
        if (!pool.config().mode().byCache() || whole.requests() > 0) shown.put("load", load(whole));
        shown.put("ranks", ranks(pool, member.worker().ranks()));
        return shown;
    }

    private static List<Map<String, Object>> ranks(LivePool pool, List<Rank> ranks) {
        var all = new ArrayList<Map<String, Object>>();
        for (var rank : ranks) {
            var shown = new LinkedHashMap<String, Object>();
            shown.put("rank", rank.dpRank().orElse(0));
            shown.put("load", load(pool.pool().load(rank)));
            shown.put("indexed_blocks", pool.pool().held(rank));
            shown.put("reported_used_blocks", rank.reportedBlocks());
            shown.put("reported_usage", rank.reportedUsage());
            all.add(shown);
        }
        return all;
    }

    private static Map<String, Object> load(Rank.Load load) {
        var shown = new LinkedHashMap<String, Object>();
        shown.put("requests", load.requests());
        shown.put("prefill_tokens", load.prefillTokens());
        shown.put("blocks", load.blocks());
        return shown;
    }
}
