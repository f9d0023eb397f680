package io.tikvdirect.cli.shell;

import io.tikvdirect.cli.text.ShellWords;
import io.tikvdirect.cli.text.Word;
import io.tikvdirect.cli.text.WordSyntaxException;
import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import java.util.List;
import java.util.Optional;

/**
 * Confined to one thread. Executes lines of the shell language against a cluster; every statement gets exactly one
 * answer, whatever happens.
 */
final class Interpreter {
    private final RawStatements raw;
    private final ClusterStatements cluster;
    private final TransactionStatements transactions;
    private boolean ended;

    Interpreter(TikvClient client) {
        this.raw = new RawStatements(client.raw());
        this.cluster = new ClusterStatements(client);
        this.transactions = new TransactionStatements(client);
    }

    /** Whether {@code exit} was executed. */
    boolean ended() {
        return ended;
    }

    /** The answer to a line; none if the line is blank or only a comment. */
    Optional<Answer> execute(byte[] line) {
        try {
            List<Word> words = ShellWords.split(line);
            return words.isEmpty() ? Optional.empty() : Optional.of(execute(StatementParser.parse(words)));
        } catch (WordSyntaxException e) {
            return Optional.of(Answer.failed(ErrorCode.INVALID_ARGUMENT, String.valueOf(e.getMessage())));
        } catch (StatementException e) {
            return Optional.of(Answer.failed(e.code(), String.valueOf(e.getMessage())));
        } catch (TikvException e) {
            return Optional.of(Answer.failed(e));
        } catch (IllegalArgumentException e) {
            return Optional.of(Answer.failed(ErrorCode.INVALID_ARGUMENT, String.valueOf(e.getMessage())));
        }
    }

    private Answer execute(Statement statement) throws StatementException {
        return switch (statement.form().name()) {
            case "ts" -> cluster.timestamp();
            case "split" -> transactions.areUsed() ? transactions.split(statement) : cluster.split(statement);
            case "regions" -> cluster.regions(statement);
            case "stores" -> cluster.stores();
            case "begin" -> transactions.begin(statement);
            case "snapshot" -> transactions.snapshot(statement);
            case "gc" -> transactions.collectGarbage(statement);
            case "help" -> HelpText.answer(statement);
            case "exit" -> {
                ended = true;
                yield Answer.done();
            }
            default -> statement.form().hasTarget() ? transactions.execute(statement) : raw.execute(statement);
        };
    }
}
