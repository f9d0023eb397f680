/** The main job in a minute, on an embedded cluster, with every value verified. */
@NullMarked
package io.tikvdirect.cli.demo;

import org.jspecify.annotations.NullMarked;
