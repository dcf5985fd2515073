// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace NodeAgent.Export.Storage;

/// <summary>Cuts the body of a watch into its lines, as they come.</summary>
internal static class WatchLines
{
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        HttpResponseMessage response, long maxLineBytes, [EnumeratorCancellation] CancellationToken cancellation)
    {
        Stream stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        PipeReader reader = PipeReader.Create(stream);
        try
        {
            while (true)
            {
                ReadResult result = await NextAsync(reader, cancellation).ConfigureAwait(false);
                ReadOnlySequence<byte> buffer = result.Buffer;
                while (buffer.PositionOf((byte)'\n') is { } end)
                {
                    byte[] line = buffer.Slice(0, end).ToArray();
                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                    if (line.Length > 0)
                    {
                        yield return line;
                    }
                }

                if (buffer.Length > maxLineBytes)
                {
                    throw new StorageException($"A line of the watch is larger than {maxLineBytes} bytes") { IsTransient = true };
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted)
                {
                    yield break;
                }
            }
        }
        finally
        {
            await reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    private static async ValueTask<ReadResult> NextAsync(PipeReader reader, CancellationToken cancellation)
    {
        try
        {
            return await reader.ReadAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            throw new StorageException($"The watch broke off: {error.Message}", error) { IsTransient = true };
        }
    }
}
