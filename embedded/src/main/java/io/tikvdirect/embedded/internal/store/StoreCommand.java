package io.tikvdirect.embedded.internal.store;

import com.google.protobuf.Message;
import io.tikvdirect.embedded.internal.serving.Command;
import io.tikvdirect.embedded.internal.txn.TxnException;
import io.tikvdirect.proto.kvrpcpb.Context;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Immutable. Makes the commands of a store: each has a context that is checked, and answers its failures in the form that
 * its response has for them.
 */
final class StoreCommand {
    private StoreCommand() {}

    /** What a store does with a request. */
    @FunctionalInterface
    interface Work<Q, R> {
        R answer(Q request) throws RegionErrorException, CommandErrorException, TxnException;
    }

    /** What a store does with a request that it may answer later. */
    @FunctionalInterface
    interface LaterWork<Q, R> {
        void answer(Q request, Consumer<R> answer) throws RegionErrorException, CommandErrorException, TxnException;
    }

    static <Q extends Message, R extends Message> Command<Q, R> of(
            String rpc, Q request, R response, Function<Q, Context> context, RegionCheck check, Work<Q, R> work) {
        return later(rpc, request, response, context, check, (asked, answer) -> answer.accept(work.answer(asked)));
    }

    static <Q extends Message, R extends Message> Command<Q, R> later(
            String rpc, Q request, R response, Function<Q, Context> context, RegionCheck check, LaterWork<Q, R> work) {
        FailureAnswers<R> failures = new FailureAnswers<>(response);
        return Command.later(
                rpc,
                request,
                response,
                (asked, answer) -> {
                    check.requireOurs(context.apply(asked));
                    try {
                        work.answer(asked, answer);
                    } catch (RegionErrorException wrongRegion) {
                        answer.accept(failures.regionError(wrongRegion.error()));
                    } catch (CommandErrorException refused) {
                        answer.accept(failures.error(refused));
                    } catch (TxnException forbidden) {
                        answer.accept(failures.error(forbidden.error()));
                    }
                },
                asked -> context.apply(asked).getRegionId());
    }
}
