// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace NodeAgent.Admission;

/// <summary>The body of one request, read whole into memory that is lent.</summary>
internal sealed class RequestBody(BodyBudget budget, int mostBytes) : IDisposable
{
    private const int FirstBytes = 16 << 10;

    private byte[] _buffer = [];
    private int _length;
    private int _taken;

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    /// <returns>200, 413 for more than there may be, or 503 when others hold all the memory that there is for bodies.</returns>
    /// <remarks>Errors: those of the connection, <see cref="BadHttpRequestException"/> among them.</remarks>
    public async Task<int> ReadAsync(Stream body, CancellationToken cancellation)
    {
        if (!TryGrow())
        {
            return StatusCodes.Status503ServiceUnavailable;
        }

        while (true)
        {
            int read = await body.ReadAsync(_buffer.AsMemory(_length), cancellation).ConfigureAwait(false);
            _length += read;
            if (read == 0)
            {
                return StatusCodes.Status200OK;
            }

            if (_length > mostBytes)
            {
                return StatusCodes.Status413PayloadTooLarge;
            }

            if (_length == _buffer.Length && !TryGrow())
            {
                return StatusCodes.Status503ServiceUnavailable;
            }
        }
    }

    public void Dispose()
    {
        if (_taken > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            budget.GiveBack(_taken);
            (_buffer, _length, _taken) = ([], 0, 0);
        }
    }

    private bool TryGrow()
    {
        int wanted = _taken == 0 ? FirstBytes : _taken * 2;
        if (!budget.TryTake(wanted - _taken))
        {
            return false;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(wanted);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        if (_taken > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        (_buffer, _taken) = (larger, wanted);
        return true;
    }
}
