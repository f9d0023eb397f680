/** Programs that run, one per task. */
@NullMarked
package io.tikvdirect.examples;

import org.jspecify.annotations.NullMarked;
