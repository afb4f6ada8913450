package dev.nacelle.spi.conformance;

import dev.nacelle.spi.LLMEngine;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/** For each rule an engine that breaks it, and keeps the others. */
final class BrokenEngines {
    private BrokenEngines() {}

    /** @param over opens when the test is over, for engines that would otherwise hang for ever */
    static Supplier<LLMEngine> breaking(Rule rule, CountDownLatch over) {
        return switch (rule) {
            case CREATE -> {
                var one = new CorrectEngine();
                yield () -> one;
            }
            case CLEANUP_NEVER_STARTED -> BrokenLives.CleanupNeedsStart::new;
            case START -> BrokenLives.StartThrows::new;
            case MODEL_NOT_EMPTY -> BrokenLives.ModelEmpty::new;
            case SETUP_METRICS -> BrokenLives.TakesTheHostsLabel::new;
            case METRICS_HANDLE_NOT_KEPT -> BrokenLives.KeepsTheHandle::new;
            case FOREIGN_METRICS -> BrokenLives.RegistryFails::new;
            case KV_SOURCES -> BrokenLives.TwoSourcesForARank::new;
            case HEALTH_CHECK -> BrokenLives.ProbeNotMarked::new;
            case ACTIONS -> BrokenLives.ControlWithASlash::new;
            case ENDPOINT_READY -> BrokenLives.ReadyThrows::new;
            case GENERATE -> BrokenStreams.GenerateThrows::new;
            case ONE_TERMINAL -> BrokenStreams.NeverFinishes::new;
            case NOTHING_AFTER_TERMINAL -> BrokenStreams.EmitsAfterFinish::new;
            case SINK_ONE_THREAD -> BrokenStreams.TwoThreadsPerStream::new;
            case ITEMS_FIT_INPUT -> BrokenStreams.TextFromATokenEngine::new;
            case MAX_TOKENS -> BrokenStreams.OneTokenTooMany::new;
            case MIN_TOKENS -> BrokenStreams.StopsTooEarly::new;
            case STOP_TOKEN_IDS -> BrokenStreams.KnowsNoStopTokens::new;
            case USAGE -> BrokenStreams.MiscountsUsage::new;
            case INTERLEAVED -> BrokenStreams.SharesThePrompt::new;
            case LOG_PROBABILITIES -> BrokenStreams.LogProbabilitiesAboveZero::new;
            case CHOICES -> BrokenStreams.OneChoiceOnly::new;
            case EMBEDDINGS -> BrokenStreams.EmbedsNothing::new;
            case PROMPT_TOO_LONG -> BrokenStreams.TakesAnyPrompt::new;
            case SLOW_READER_ISOLATED -> BrokenStreams.OneStreamAtATime::new;
            case SLOW_READER_RESUMES -> BrokenStreams.GivesSlowReadersUp::new;
            case CANCEL_IN_TIME -> () -> new BrokenStreams.IgnoresCancellation(over);
            case CANCEL_REASON -> BrokenStreams.CancelledAsLength::new;
            case CANCEL_ISOLATED -> BrokenStreams.CancelsAll::new;
            case ABORT -> BrokenStreams.AbortThrows::new;
            case SERVES_ON -> BrokenStreams.LosesSlots::new;
            case SNAPSHOT_RANKS -> BrokenLives.UndeclaredRank::new;
            case SNAPSHOT_RANGE -> BrokenLives.ShareOutOfRange::new;
            case RANKS_STABLE -> BrokenLives.RanksChange::new;
            case KV_EVENTS -> BrokenLives.BlocksWithoutTokens::new;
            case DRAIN -> BrokenLives.DrainThrows::new;
            case CLEANUP -> BrokenLives.CleanupThrows::new;
            case CLEANUP_TWICE -> BrokenLives.SecondCleanupThrows::new;
            case CLEANUP_ENDS_THREADS -> () -> new BrokenLives.LeavesAThread(over);
            case CLEANUP_AFTER_FAILED_START -> BrokenLives.CleanupNeedsAWholeStart::new;
        };
    }

    /** The engines that make the kit wait for a limit, which a test had better shorten. */
    static boolean waitsForALimit(Rule rule) {
        return switch (rule) {
            case SLOW_READER_ISOLATED, SLOW_READER_RESUMES, CANCEL_IN_TIME, CLEANUP_ENDS_THREADS -> true;
            default -> false;
        };
    }

    static void awaitWhateverComes(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException _) {
                // as stubborn as a native call
            }
        }
    }
}
