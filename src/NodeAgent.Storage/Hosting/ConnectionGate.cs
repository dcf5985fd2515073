// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Connections;

namespace NodeAgent.Storage.Hosting;

/// <summary>Keeps those who hold connections open and say nothing from keeping others out: of connections whose caller is not known yet the oldest gives way to the newest.</summary>
/// <remarks>Threads: any. A caller who wants something says who it is within milliseconds; one who does not grows old.</remarks>
internal sealed class ConnectionGate(int mostKnown, StorageMetrics metrics)
{
    /// <summary>Most connections whose caller is not known. Each costs some tens of KiB while its TLS handshake is under way.</summary>
    public const int MaxNewcomers = 512;

    private readonly Lock _lock = new();
    private readonly LinkedList<Visit> _newcomers = new();
    private int _known;

    public async Task EnterAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var visit = new Visit(this, connection);
        connection.Features.Set(visit);
        if (Admit(visit) is { } oldest)
        {
            metrics.NewcomersDropped.Add(1);
            oldest.Abort();
        }

        try
        {
            await next(connection);
        }
        finally
        {
            Leave(visit);
        }
    }

    private Visit? Admit(Visit visit)
    {
        lock (_lock)
        {
            visit.Place = _newcomers.AddLast(visit);
            if (_newcomers.Count <= MaxNewcomers)
            {
                return null;
            }

            Visit oldest = _newcomers.First!.Value;
            _newcomers.RemoveFirst();
            oldest.Place = null;
            return oldest;
        }
    }

    // Beyond the bound a known caller stays a newcomer: it is served as long as no newer one needs the place.
    private void Know(Visit visit)
    {
        lock (_lock)
        {
            if (visit.Place is { } place && _known < mostKnown)
            {
                _newcomers.Remove(place);
                visit.Place = null;
                visit.IsKnown = true;
                _known++;
            }
        }
    }

    private void Leave(Visit visit)
    {
        lock (_lock)
        {
            if (visit.Place is { } place)
            {
                _newcomers.Remove(place);
                visit.Place = null;
            }

            _known -= visit.IsKnown ? 1 : 0;
        }
    }

    /// <summary>One connection; a feature of it, so that its requests can tell that their caller is known.</summary>
    internal sealed class Visit(ConnectionGate gate, ConnectionContext connection)
    {
        private volatile bool _isKnown;

        // Under the gate's lock.
        internal LinkedListNode<Visit>? Place { get; set; }

        internal bool IsKnown { get => _isKnown; set => _isKnown = value; }

        /// <summary>Somebody who may come in has said who they are.</summary>
        public void Know()
        {
            if (!_isKnown)
            {
                gate.Know(this);
            }
        }

        internal void Abort() => connection.Abort(new ConnectionAbortedException("the caller did not say who it is before newer ones came"));
    }
}
