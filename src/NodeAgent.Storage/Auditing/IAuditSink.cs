// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Storage.Auditing;

/// <summary>Where audit lines go. Called by one task, one after the other.</summary>
public interface IAuditSink : IAsyncDisposable
{
    /// <param name="line">Shape: one JSON document, without a line break. Valid until the call ends.</param>
    /// <exception cref="IOException">The line is lost, and counted.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken);
}
