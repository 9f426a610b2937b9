/** Words of the field that both the write way and the read way speak. */
@org.jspecify.annotations.NullMarked
package dev.candlewick;
