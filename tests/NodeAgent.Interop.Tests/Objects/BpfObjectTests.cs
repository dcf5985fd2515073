// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Logging;
using NodeAgent.Interop.Objects;

namespace NodeAgent.Interop.Tests.Objects;

public sealed class BpfObjectTests
{
    public static TheoryData<string> Garbage => ["", "\u007fELF", new string('\0', 4096), "#!/bin/sh\n"];

    [Theory]
    [MemberData(nameof(Garbage))]
    public void Open_Garbage_ThrowsWithItsName(string text)
    {
        BpfException exception = Assert.Throws<BpfException>(() => BpfObject.Open(System.Text.Encoding.ASCII.GetBytes(text), "garbage").Dispose());
        Assert.Matches("^open object garbage: (EINVAL|FORMAT|LIBELF)", exception.Message);
    }

    [Fact]
    public void RouteTo_LibbpfWarns_LineReachesTheLoggerOnce()
    {
        var logger = new ListLogger();
        LibbpfLog.RouteTo(logger);
        Assert.Throws<BpfException>(() => BpfObject.Open(new byte[4096], "garbage").Dispose());
        (LogLevel level, string line) = Assert.Single(logger.Lines.ToArray(), entry => entry.Line.Contains("garbage", StringComparison.Ordinal) && entry.Level == LogLevel.Debug);
        Assert.StartsWith("libbpf: ", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line);
        Assert.Equal(LogLevel.Debug, level);
    }

    private sealed class ListLogger : ILogger
    {
        public System.Collections.Concurrent.ConcurrentQueue<(LogLevel Level, string Line)> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue((logLevel, formatter(state, exception)));
    }
}
