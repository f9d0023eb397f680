/** Step by step checks of a cluster, with what is wrong and how to mend it. */
@NullMarked
package io.tikvdirect.cli.doctor;

import org.jspecify.annotations.NullMarked;
