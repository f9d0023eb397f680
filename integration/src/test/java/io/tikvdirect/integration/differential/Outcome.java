package io.tikvdirect.integration.differential;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Immutable. What became of a program on two stacks.
 *
 * @param executed the program as it was executed: without the commands that a stack does not serve
 * @param notServed what was left out, or answered alike by nobody serving it
 * @param difference the first differing answers; null if there are none
 */
record Outcome(Program executed, List<NotServed> notServed, Difference difference) {
    private static final Pattern CODE = Pattern.compile("\"code\":\"(\\w+)\"");

    boolean differs() {
        return difference != null;
    }

    /** In what way the answers differ: to which command, and with which codes. */
    String way() {
        StringBuilder way =
                new StringBuilder(executed.commands().get(difference.index()).head());
        for (String answer : difference.answers()) {
            Matcher code = CODE.matcher(answer);
            way.append(' ').append(code.find() ? code.group(1) : "OK");
        }
        return way.toString();
    }

    /**
     * A command that a stack does not serve.
     *
     * @param stack its name
     * @param shape the command's verb and options
     * @param reason the stack's words
     */
    record NotServed(String stack, String shape, String reason) {}

    /**
     * The first answers that differ.
     *
     * @param index of the command in the program
     * @param answers as the stacks gave them, the first stack's first
     */
    record Difference(int index, List<String> answers) {}
}
