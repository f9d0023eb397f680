package io.tikvdirect.cli.cluster;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Confined to the command's thread. What a command says when it is used wrongly: the exit code is 2 then. */
@Command
public final class Usage {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    /** For picocli. */
    public Usage() {}

    /**
     * The failure to throw.
     *
     * @param message what is wrong, in one sentence
     */
    public ParameterException wrong(String message) {
        return new ParameterException(Objects.requireNonNull(command).commandLine(), message);
    }

    /**
     * Checks a number.
     *
     * @return {@code value}
     * @throws ParameterException (exit code 2) if it is not between the two others
     */
    public int within(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw wrong(option + " needs a number from " + least + " to " + most);
        }
        return value;
    }
}
