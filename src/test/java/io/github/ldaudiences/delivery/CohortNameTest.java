package io.github.ldaudiences.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("delivery")
class CohortNameTest {

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "order_completed_last_30days,Order completed last 30days",
                "vip_customers,Vip customers",
                "vipCustomers_EU,VipCustomers EU",
                "VIP,VIP",
                "a,A",
                "ñandú_fans,Ñandú fans",
                "ß_größe,SS größe",
                "über,Über",
                "ǆ,Ǆ",
                "ŉa,ʼNa",
                "30_days,30 days",
                "_internal, internal",
                "a__b_,A  b ",
                "é-b.c d,É-b.c d",
                "🚀_users,🚀 users",
                "constructor,Constructor",
                "__proto__,  proto  ",
            })
    void theFirstCharacterIsUpperCaseAndUnderscoresAreSpaces(String audienceKey, String name) {
        assertThat(CohortName.of(audienceKey)).isEqualTo(name);
    }
}
