// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Export.Sinks.Delivery;

namespace NodeAgent.Export.Sinks.Bodies;

/// <summary>What differs between HTTP receivers: the document around alerts, and what their answers mean.</summary>
internal interface IHttpBody
{
    string ContentType { get; }

    /// <summary>Most alerts that one request can hold.</summary>
    int MaxBatch => int.MaxValue;

    bool MayJoin(AlertMessage first, AlertMessage next) => true;

    /// <summary>The address of a request, for receivers that have more than one.</summary>
    Uri Address(Uri configured, IReadOnlyList<AlertMessage> batch) => configured;

    byte[] Write(IReadOnlyList<AlertMessage> batch);

    /// <param name="status">Shape: the HTTP status.</param>
    /// <param name="answer">At most the first 256 KiB.</param>
    /// <returns>Null: as for any receiver.</returns>
    DeliveryResult? Judge(int status, ReadOnlyMemory<byte> answer, IReadOnlyList<AlertMessage> batch) => null;
}
