// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Bpf.Decoding;

/// <summary>Sees records as they came, sound or not, in the order in which they were handled. On the thread that reads.</summary>
public interface IRecordTap
{
    /// <param name="record">Valid during the call.</param>
    void OnRecord(ReadOnlySpan<byte> record);
}
